// SPDX-License-Identifier: GPL-2.0-only
#include "series.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "stats/quantile.h"

void series_init(struct series *s)
{
	*s = (struct series){
		.blocks = g_array_new(FALSE, FALSE, sizeof(unsigned int)),
		.figures = g_array_new(FALSE, FALSE, sizeof(double)),
		.median = NAN, .lowest = NAN, .highest = NAN,
		.spread = { NAN, NAN },
		.drift = { NAN, 1 },
	};
}

void series_add(struct series *s, unsigned int block, double figure)
{
	g_array_append_val(s->blocks, block);
	g_array_append_val(s->figures, figure);
}

void series_finish(struct series *s)
{
	const double *figures = series_figures(s);
	guint boots = s->figures->len;

	if (!boots)
		return;
	s->median = quantile_median(figures, boots);
	s->lowest = gsl_stats_min(figures, 1, boots);
	s->highest = gsl_stats_max(figures, 1, boots);
	s->drift = kendall_with_order(figures, boots);
}

void series_clear(struct series *s)
{
	g_clear_pointer(&s->blocks, g_array_unref);
	g_clear_pointer(&s->figures, g_array_unref);
}
