/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/comparison.h"
#include "stats/histogram.h"

/*
 * The latencies of a run's tracing pass, function by function (docs/statistics.md). A boot's figure is that of
 * all its attached loads together; boots are compared like those of the timed pass.
 */
enum latency_figure {
	LATENCY_MEAN,
	LATENCY_P50,
	LATENCY_P90,
	LATENCY_P99,
	LATENCY_P999,
	LATENCY_MAX,
	LATENCY_FIGURES,
};

/* "p99"; how many calls a boot needs for it to be more than the largest few; whether it gets a verdict. */
struct latency_figure_kind {
	const char *name;
	double quantile;		/* NaN: mean and max */
	unsigned int calls_min;
	bool judged;
};

extern const struct latency_figure_kind latency_figures[LATENCY_FIGURES];

/* NaN when  is empty, but for max. */
double latency_figure_of(const struct histogram *h, enum latency_figure figure);

/* One arm under one cell and function. */
struct latency_side {
	struct series calls;		/* per load */
	struct series figures[LATENCY_FIGURES];	/* ns; boots with too few calls are left out */
	struct contrast contrasts[LATENCY_FIGURES];	/* against the baseline */
	struct histogram all;		/* of all boots together */
	guint64 lost, unpaired;
};

struct latency_row {
	guint cell;			/* of comparison.cells */
	const char *function;		/* borrowed from the run */
	struct latency_side *sides;	/* one for each arm of the comparison */
};

typedef struct latency {
	const struct comparison *comparison;	/* borrowed; must live as long */
	GPtrArray *rows; /* struct latency_row *: cells in the plan's order, functions that were called */
	char **refused;			/* for each arm why it is not compared, a sentence, or NULL */
	size_t family;			/* judged figures of the shown arms */
} latency;

/* Empty when the run has no latencies. */
struct latency *latency_new(const struct comparison *c);
void latency_free(struct latency *l);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(latency, latency_free)
