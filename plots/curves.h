/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawing.h"
#include "render/latency.h"

/* One line of a chart of percentiles: latency over the share of calls that took no longer. */
struct curve {
	const struct histogram *all;	/* NULL or empty: there is none in this panel */
	const struct series *figures; /* [LATENCY_FIGURES], for the range over boots; NULL: one run has none */
};

/*
 * Draws latency-@function; @curves is panel after panel, each with a curve for each of @labels. @subject: what
 * the chart is of; @counted: its figures are instructions, not ns. The titles have been set in @d, which comes
 * from curves_new().
 */
struct drawing *curves_new(const char *dir, const char *function);
bool curves_draw(struct drawing *d, const struct curve *curves, const GPtrArray *panels,
		 const GPtrArray *labels, const char *subject, bool counted, GError **error);
