// SPDX-License-Identifier: GPL-2.0-only
#include "staircase-chart.h"

#include <math.h>

#include "render/figure.h"
#include "titles.h"

/* Longer names do not fit beside the panels. */
#define NAME_CHARS 42

static bool has_gain(const struct staircase *s, const struct staircase_step *step, guint cell)
{
	return step->arm != s->comparison->baseline && !step->arm->rows[cell].missing;
}

/* NAN: there is none, or it is one boot that has no spread. */
static double gain_of(const struct staircase *s, const struct staircase_step *step, guint cell)
{
	const struct contrast *row = &step->arm->rows[cell];

	if (step->arm == s->comparison->baseline && step->arm->series[cell].figures->len)
		return 0;
	if (!has_gain(s, step, cell) || (!comparison_is_gated(s->comparison, step->arm) && row->blocks < 2))
		return NAN;
	return contrast_gain_pct(row->effect.estimate);
}

/* Caller frees. */
static char *short_name(const struct staircase_step *step)
{
	g_autofree char *name = staircase_step_name(step);
	glong chars = g_utf8_strlen(name, -1);
	g_autofree char *cut = g_utf8_substring(name, 0, MIN(NAME_CHARS, chars));

	return g_strconcat(cut, chars > NAME_CHARS ? "..." : "", NULL);
}

/* What stands beside the point: what the patch buys where that is marked; or why there is no point. The
 * caller's. */
static char *label_of(const struct staircase *s, const struct staircase_step *step, guint cell)
{
	if (step->arm->failed)
		return g_strdup(step->arm->failed->boot ? "FAILED" : "no kernel");
	if (isnan(gain_of(s, step, cell)))
		return g_strdup("n/a");
	return contrast_is_marked(&step->rows[cell]) ?
		       figure_gain(contrast_gain_pct(step->rows[cell].effect.estimate)) :
		       g_strdup("");
}

/* Right of the point and its bar. */
static double label_place(const struct staircase *s, const struct staircase_step *step, guint cell)
{
	double gain = gain_of(s, step, cell), high = contrast_gain_pct(step->arm->rows[cell].effect.high);

	return isnan(gain) ? 0 : isfinite(high) ? high : gain;
}

static void add_step(struct drawing *d, const struct staircase *s, guint i, guint cell)
{
	const struct staircase_step *step = &s->steps[i];
	const struct contrast *row = &step->arm->rows[cell];
	bool gated = comparison_is_gated(s->comparison, step->arm);
	g_autofree char *name = short_name(step);
	g_autofree char *label = label_of(s, step, cell);
	const double numbers[] = {
		i + 1,
		gain_of(s, step, cell),
		gated ? NAN : contrast_gain_pct(row->effect.low),
		gated ? NAN : contrast_gain_pct(row->effect.high),
		has_gain(s, step, cell) ? step->rows[cell].verdict : NAN,
		contrast_gain_pct(-row->gate),
		contrast_gain_pct(row->gate),
	};

	for (size_t k = 0; k < G_N_ELEMENTS(numbers); k++)
		drawing_add_number(d, numbers[k]);
	drawing_add_number(d, label_place(s, step, cell));
	drawing_add_text(d, name);
	drawing_add_text(d, label);
	g_string_append_c(d->data, '\n');
}

/* The line of the stairs: down the height of a row at its gain, then over to that of the next that has one. */
static void add_line(struct drawing *d, const struct staircase *s, guint cell)
{
	double reached = NAN;

	for (guint i = 0; i < s->count; i++) {
		double gain = gain_of(s, &s->steps[i], cell);

		reached = isnan(gain) ? reached : gain;
		for (int end = 0; end < 2; end++) {
			drawing_add_number(d, reached);
			drawing_add_number(d, i + 0.5 + end);
			g_string_append_c(d->data, '\n');
		}
	}
}

static void add_panel(struct drawing *d, const struct staircase *s, guint cell)
{
	g_string_append_printf(d->data,
			       "# %s: row base_gain_pct low_pct high_pct "
			       "verdict_over_previous(0=improved,1=regressed,2=equivalent,3=cannot_tell) "
			       "gate_low_pct gate_high_pct label_at name label\n",
			       comparison_cell(s->comparison, cell));
	for (guint i = 0; i < s->count; i++)
		add_step(d, s, i, cell);
	g_string_append(d->data, "\n\n# the line: base_gain_pct row\n");
	add_line(d, s, cell);
	g_string_append(d->data, "\n\n");
}

/* gnuplot refuses a panel without a point. */
static bool has_figures(const struct staircase *s, guint cell)
{
	bool any = false;

	for (guint i = 0; i < s->count; i++)
		any = any || !isnan(gain_of(s, &s->steps[i], cell));
	return any;
}

static void describe(struct drawing *d, const struct staircase *s)
{
	const struct comparison *c = s->comparison;
	bool gated = comparison_is_gated(c, c->baseline);

	titles_set_timed(
		d, c, "what each patch buys: right of 0 is faster, 100 (t(base) / t(patch) - 1)",
		gated ? "medians over boots; a number: gain over the kernel before it"
		      : "medians over boots, bars: 95 % interval; a number: gain over the kernel before it");
	drawing_set_text(d, "gate_title", gated ? "layout gate" : "gate");
	drawing_describe(d, g_strdup("Patch by patch"),
			 "How much faster than the base each test is with the first so many patches: the line "
			 "goes right "
			 "where a patch helps. A full mark, and a number beside it, is a patch that improved "
			 "or regressed "
			 "the kernel before it.");
}

void staircase_chart_add(struct drawings *all, const struct staircase *s)
{
	const struct comparison *c = s->comparison;
	g_autoptr(drawing) d = drawing_new("staircase.gp", "staircase");
	g_autoptr(GPtrArray) panels = g_ptr_array_new();
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (guint cell = 0; cell < c->cells->len; cell++) {
		if (!has_figures(s, cell))
			continue;
		g_ptr_array_add(panels, (gpointer)comparison_cell(c, cell));
		add_panel(d, s, cell);
	}
	if (!panels->len)
		return;
	for (guint i = 0; i < s->count; i++)
		g_ptr_array_add(names, short_name(&s->steps[i]));
	describe(d, s);
	drawing_set_list(d, "panels", panels);
	drawing_set_list(d, "names", names);
	drawings_add(all, g_steal_pointer(&d));
}
