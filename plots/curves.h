/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/latency.h"

/* One line of a chart of latencies. */
struct curve {
	const struct histogram *all;	/* NULL or empty: there is none in this panel */
	const struct series *figures; /* [LATENCY_FIGURES], for the range over boots; NULL: one run has none */
};

/* The two charts of a function: percentiles over the share of calls that took no longer; the distribution. */
enum curves_kind {
	CURVES_PERCENTILES,
	CURVES_HISTOGRAM,
	CURVES_KINDS,
};

/* Of @function, to be named and described; its titles are the caller's. */
struct drawing *curves_new(enum curves_kind kind, const char *function);

/* What it is of, for the second line: "alloc_vmap_area, percentiles: lower is shorter". Caller frees. */
char *curves_subject(enum curves_kind kind, const char *what);

/*
 * Fills @d: @curves is panel after panel, each with a curve for each of @labels. @counted: the figures are
 * instructions, not ns.
 */
void curves_finish(struct drawing *d, enum curves_kind kind, const struct curve *curves,
		   const GPtrArray *panels, const GPtrArray *labels, bool counted);
