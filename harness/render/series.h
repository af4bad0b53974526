/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "stats/kendall.h"
#include "stats/variance.h"

/* One figure of one arm, boot by boot: what a table has a median of. */
struct series {
	GArray *blocks;			/* unsigned int, ascending */
	GArray *figures;		/* double, one per boot */
	double median, lowest, highest;	/* over the boots; NaN without boots */
	struct variance spread; /* of the logarithms of the loads' figures; NaN when the caller has none */
	struct kendall drift;		/* of the boots' figures with the block */
};

void series_init(struct series *s);

/* Blocks are added in ascending order, each once. */
void series_add(struct series *s, unsigned int block, double figure);

/* Fills in what is derived from the boots. */
void series_finish(struct series *s);
void series_clear(struct series *s);

/* The figures, series.figures->len of them. */
static inline const double *series_figures(const struct series *s)
{
	return (const double *)s->figures->data;
}
