// SPDX-License-Identifier: GPL-2.0-only
#include "boots-chart.h"

#include <math.h>

#include "titles.h"
#include "unit.h"

/* How much of a lane's height the boots take, the first one on top. */
#define LANE_SPREAD 0.6

static double gain_pct(double base, double figure)
{
	return 100 * (base / figure - 1);
}

static const char *why_no_dots(const struct comparison_arm *arm, guint cell)
{
	if (arm->failed)
		return "FAILED";
	if (confound_refuses(arm->confound))
		return "REFUSED";
	return arm->series[cell].figures->len ? "" : "n/a";
}

static void add_dots(struct drawing *d, const struct comparison *c, unsigned int a, guint cell)
{
	const struct series *s = &c->arms[a].series[cell];
	double base = c->baseline->series[cell].median;

	for (guint i = 0; !*why_no_dots(&c->arms[a], cell) && i < s->figures->len; i++) {
		double place = s->figures->len > 1 ? (double)i / (s->figures->len - 1) - 0.5 : 0;

		drawing_add_number(d, gain_pct(base, series_figures(s)[i]));
		drawing_add_number(d, a + 1 + LANE_SPREAD * place);
		drawing_add_number(d, a + 1);
		drawing_add_number(d, g_array_index(s->blocks, unsigned int, i) + 1);
		drawing_add_number(d, series_figures(s)[i]);
		g_string_append_c(d->data, '\n');
	}
}

static void add_median(struct drawing *d, const struct comparison *c, unsigned int a, guint cell)
{
	const char *why = why_no_dots(&c->arms[a], cell);
	const struct series *s = &c->arms[a].series[cell];
	double base = c->baseline->series[cell].median;

	drawing_add_number(d, *why ? NAN : gain_pct(base, s->median));
	drawing_add_number(d, a + 1);
	drawing_add_number(d, *why ? 0 : s->figures->len);
	drawing_add_number(d, *why ? NAN : gain_pct(base, s->highest));
	drawing_add_number(d, *why ? NAN : gain_pct(base, s->lowest));
	drawing_add_text(d, why);
	g_string_append_c(d->data, '\n');
}

static void add_panel(struct drawing *d, const struct comparison *c, guint cell)
{
	g_string_append_printf(d->data, "# %s: gain_pct place arm block figure\n", comparison_cell(c, cell));
	for (unsigned int a = 0; a < c->arms_count; a++)
		add_dots(d, c, a, cell);
	g_string_append(d->data, "\n\n# medians: gain_pct arm boots slowest_pct fastest_pct label\n");
	for (unsigned int a = 0; a < c->arms_count; a++)
		add_median(d, c, a, cell);
	g_string_append(d->data, "\n\n");
}

/* "full_fit_alloc_test/8: 12.3 ms", the median of the baseline. Caller frees. */
static char *panel_title(const struct comparison *c, guint cell)
{
	double median = c->baseline->series[cell].median;
	const struct unit *unit = unit_of(c, median);

	return g_strdup_printf("%s: %.4g %s", comparison_cell(c, cell), median / unit->scale,
			       c->counted ? unit->counted_short : unit->time_short);
}

/* What differs by less than the gate is not to look like an effect. */
static char *least_range(const struct comparison *c, guint cell)
{
	double least = 100 * expm1(comparison_gate(c));

	for (unsigned int a = 0; a < c->arms_count; a++) {
		double gate = c->arms[a].rows[cell].gate;

		if (c->arms[a].shown && isfinite(gate))
			least = fmax(least, 100 * expm1(gate));
	}
	return g_strdup_printf("%.6g", least);
}

void boots_chart_add(struct drawings *all, const struct comparison *c)
{
	g_autoptr(drawing) d = drawing_new("boots.gp", "boots");
	g_autoptr(GPtrArray) panels = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) gates = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) arms = g_ptr_array_new();
	g_autofree char *caption = NULL;

	for (guint cell = 0; cell < c->cells->len; cell++) {
		if (c->baseline->failed || !c->baseline->series[cell].figures->len)
			continue;
		g_ptr_array_add(panels, panel_title(c, cell));
		g_ptr_array_add(gates, least_range(c, cell));
		add_panel(d, c, cell);
	}
	if (!panels->len)
		return;
	for (unsigned int a = 0; a < c->arms_count; a++)
		g_ptr_array_add(arms, c->arms[a].name);
	caption = g_strdup_printf("Each dot is one boot, each lane an arm, from its first boot (top) to its last; "
				  "the bar is the median.%s An effect is one that the dots of the lanes do not "
				  "share. Each panel has an axis of its own, which is never narrower than the gate.",
				  comparison_find_aa(c) ? " The arm aa is the baseline once more: what it shows "
							  "is noise." : "");
	titles_set_timed(d, c,
			 "every boot a dot, from the first (top of its lane) to the last; right of 0 is faster",
			 "bars: medians over boots, that of the baseline also in figures");
	drawing_set_list(d, "panels", panels);
	drawing_set_list(d, "gates", gates);
	drawing_set_list(d, "arms", arms);
	drawing_set_text(d, "baseline", c->baseline->name);
	drawing_describe(d, g_strdup("Every boot"), caption);
	drawings_add(all, g_steal_pointer(&d));
}
