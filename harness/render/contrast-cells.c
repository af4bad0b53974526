// SPDX-License-Identifier: GPL-2.0-only
#include "contrast-cells.h"

#include <math.h>

#include "figure.h"

char *contrast_cells_gain(const struct contrast *row, bool counted)
{
	if (!row->missing && !counted && row->blocks < 2)
		return g_strdup_printf("n=%zu", row->blocks);
	return figure_gain(contrast_gain_pct(row->effect.estimate));
}

char *contrast_cells_interval(const struct contrast *row)
{
	g_autofree char *low = figure_gain(contrast_gain_pct(row->effect.low));
	g_autofree char *high = figure_gain(contrast_gain_pct(row->effect.high));

	if (row->missing)
		return g_strdup("n/a");
	if (!isfinite(row->effect.low))
		return g_strdup_printf("none, n=%zu", row->blocks);
	return g_strdup_printf("[%s, %s]", low, high);
}

char *contrast_cells_range(const struct contrast *row, bool counted)
{
	g_autofree char *gate = figure_gain(contrast_gain_pct(row->gate));

	if (!counted)
		return contrast_cells_interval(row);
	return isnan(row->gate) ? g_strdup("n/a") : g_strdup_printf("+-%s", gate + 1);
}

const char *contrast_cells_range_title(bool counted)
{
	return counted ? "gate %" : "95 % interval";
}

const char *contrast_cells_mark(const struct contrast *row)
{
	static const char *const marks[] = {
		[VERDICT_IMPROVED] = "(I)",
		[VERDICT_REGRESSED] = "(R)",
		[VERDICT_EQUIVALENT] = "(=)",
		[VERDICT_CANNOT_TELL] = "(?)",
	};

	return row->missing ? "n/a" : marks[row->verdict];
}
