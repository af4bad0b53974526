// SPDX-License-Identifier: GPL-2.0-only
#include "chart.h"

#include <math.h>

#include "live-memory-chart.h"
#include "profile-chart.h"
#include "render/notes.h"
#include "staircase-chart.h"
#include "titles.h"
#include "trace-chart.h"

static const char *cell_name(const struct comparison *c, guint cell)
{
	return ((const struct plan_row *)c->cells->pdata[cell])->name;
}

/* The lines over the charts of times: of what the figures are, and how many. */
static void set_titles(struct drawing *d, const struct comparison *c, const char *bars)
{
	const struct plan *p = c->run->plan;
	g_autofree char *figures = g_strdup_printf("%s, medians over boots%s; planned: %u block%s x %u load%s",
						   comparison_metric_title(c->metric), bars, p->design.blocks,
						   p->design.blocks == 1 ? "" : "s", p->design.loads,
						   p->design.loads == 1 ? "" : "s");

	titles_set_run(d, c->run, figures);
}

static const struct comparison_arm *find_role(const struct comparison *c, enum comparison_role role)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].role == role)
			return &c->arms[i];
	}
	return NULL;
}

/* What is written in place of a point: one boot has no spread that a percentage could be judged by. */
static const char *label_for(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	if (arm->failed || c->baseline->failed)
		return "FAILED";
	if (confound_refuses(arm->confound))
		return "REFUSED";
	if (arm->rows[cell].missing)
		return "n/a";
	return !comparison_is_gated(c, arm) && arm->rows[cell].blocks < 2 ? "n=1" : "";
}

static void add_gain_row(struct drawing *d, const struct comparison *c, const struct comparison_arm *arm,
			 guint cell)
{
	const struct comparison_arm *aa = find_role(c, COMPARISON_AA);
	const struct contrast *row = &arm->rows[cell];
	const char *label = label_for(c, arm, cell);
	bool has_aa = aa && !aa->rows[cell].missing && !c->counted, gated = comparison_is_gated(c, arm);
	const double numbers[] = {
		cell + 1,
		*label ? NAN : contrast_gain_pct(row->effect.estimate),
		gated ? NAN : contrast_gain_pct(row->effect.low),
		gated ? NAN : contrast_gain_pct(row->effect.high),
		row->verdict,
		contrast_gain_pct(-row->gate),
		contrast_gain_pct(row->gate),
		has_aa ? contrast_gain_pct(aa->rows[cell].effect.low) : NAN,
		has_aa ? contrast_gain_pct(aa->rows[cell].effect.high) : NAN,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		drawing_add_number(d, numbers[i]);
	g_string_append_printf(d->data, "\"%s\" \"%s\"\n", cell_name(c, cell), label);
}

static bool draw_gain(const struct comparison *c, const struct comparison_arm *arm, const char *dir,
		      GError **error)
{
	g_autofree char *name = g_strconcat("gain-", arm->name, NULL);
	g_autoptr(drawing) d = drawing_new("gain.gp", dir, name);
	g_autofree char *heading = notes_heading(c, arm);

	drawing_set_text(d, "arms", heading);
	set_titles(d, c, comparison_is_gated(c, arm) ? "" : ", bars: 95 % interval");
	drawing_set_number(d, "rows", c->cells->len);
	drawing_set_text(d, "gate_title", comparison_is_gated(c, arm) ? "layout gate" : "gate");
	drawing_set_text(d, "aa_title", c->counted ? "" : "A/A noise floor, 95 %");
	g_string_append(d->data,
			"# row gain_pct low_pct high_pct verdict(0=improved,1=regressed,2=equivalent,"
			"3=cannot_tell) gate_low_pct gate_high_pct aa_low_pct aa_high_pct cell label\n");
	for (guint cell = 0; cell < c->cells->len; cell++)
		add_gain_row(d, c, arm, cell);
	return drawing_draw(d, error);
}

/* Cells that share it share a panel. Caller frees. */
static char *panel_name(const struct plan_row *row)
{
	return plan_cell_name(row->cell, 0);
}

/* Whether the times of @arm may stand in one chart with those of others. */
static bool is_set_beside(const struct comparison_arm *arm)
{
	return !arm->failed && !confound_refuses(arm->confound);
}

/* gnuplot refuses a panel without a point. */
static bool has_figures(const struct comparison *c, guint cell)
{
	for (unsigned int a = 0; a < c->arms_count; a++) {
		if (is_set_beside(&c->arms[a]) && c->arms[a].series[cell].figures->len > 0)
			return true;
	}
	return false;
}

static GPtrArray *panel_names(const struct comparison *c)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (guint cell = 0; cell < c->cells->len; cell++) {
		g_autofree char *name = panel_name(c->cells->pdata[cell]);

		if (has_figures(c, cell) && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_ptr_array_add(names, g_steal_pointer(&name));
	}
	return names;
}

static void add_thread_rows(struct drawing *d, const struct comparison *c, const struct comparison_arm *arm,
			    const char *panel, double scale)
{
	g_string_append_printf(d->data, "# %s, %s: threads median lowest highest (over boots)\n", panel,
			       arm->name);
	for (guint cell = 0; cell < c->cells->len; cell++) {
		const struct plan_row *row = c->cells->pdata[cell];
		const struct series *s = &arm->series[cell];
		g_autofree char *name = panel_name(row);

		if (!g_str_equal(name, panel))
			continue;
		drawing_add_number(d, row->threads);
		drawing_add_number(d, is_set_beside(arm) ? s->median / scale : NAN);
		drawing_add_number(d, is_set_beside(arm) ? s->lowest / scale : NAN);
		drawing_add_number(d, is_set_beside(arm) ? s->highest / scale : NAN);
		g_string_append_c(d->data, '\n');
	}
	g_string_append(d->data, "\n\n");
}

static double highest_time(const struct comparison *c)
{
	double highest = 0;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++)
			highest = fmax(highest, c->arms[i].series[cell].highest);
	}
	return highest;
}

/* The numbers that stand on the axes of all panels: "1 2 4 8". Caller frees. */
static char *thread_ticks(const struct comparison *c)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	GString *ticks = g_string_new(NULL);

	for (guint cell = 0; cell < c->cells->len; cell++) {
		const struct plan_row *row = c->cells->pdata[cell];

		if (g_hash_table_add(seen, GUINT_TO_POINTER(row->threads)))
			g_string_append_printf(ticks, "%s%u", ticks->len ? " " : "", row->threads);
	}
	return g_string_free(ticks, FALSE);
}

/* Digits that say nothing would take the chart's room: the unit is chosen by the largest time. */
struct chart_unit {
	double below, scale;
	const char *time, *counted;
};

static const struct chart_unit *choose_unit(const struct comparison *c)
{
	static const struct chart_unit units[] = {
		{ 1e4, 1, "time, us", "thousand instructions" },
		{ 1e7, 1e3, "time, ms", "million instructions" },
		{ INFINITY, 1e6, "time, s", "billion instructions" },
	};
	static const struct chart_unit units_per_loop[] = {
		{ 1e4, 1, "time of a loop, ns", "instructions of a loop" },
		{ 1e7, 1e3, "time of a loop, us", "thousand instructions of a loop" },
		{ INFINITY, 1e6, "time of a loop, ms", "million instructions of a loop" },
	};
	const struct chart_unit *unit = c->run->plan->subtract_setup ? units_per_loop : units;

	for (double highest = highest_time(c); highest >= unit->below; unit++)
		;
	return unit;
}

static bool draw_threads(const struct comparison *c, const char *dir, GError **error)
{
	g_autoptr(drawing) d = drawing_new("threads.gp", dir, "threads");
	g_autoptr(GPtrArray) panels = panel_names(c);
	g_autoptr(GString) arms = g_string_new(NULL);
	g_autofree char *ticks = thread_ticks(c);
	g_autofree char *panel_list = NULL;
	const struct chart_unit *unit = choose_unit(c);

	if (panels->len == 0)
		return true;
	for (guint i = 0; i < panels->len; i++) {
		for (unsigned int a = 0; a < c->arms_count; a++)
			add_thread_rows(d, c, &c->arms[a], panels->pdata[i], unit->scale);
	}
	for (unsigned int a = 0; a < c->arms_count; a++)
		g_string_append_printf(arms, "%s%s", a ? " " : "", c->arms[a].name);
	g_ptr_array_add(panels, NULL);
	panel_list = g_strjoinv(" ", (char **)panels->pdata);
	set_titles(d, c, ", bars: lowest to highest");
	drawing_set_text(d, "panels", panel_list);
	drawing_set_text(d, "arms", arms->str);
	drawing_set_text(d, "ticks", ticks);
	drawing_set_text(d, "unit", c->counted ? unit->counted : unit->time);
	return drawing_draw(d, error);
}

static bool draw_times(const struct comparison *c, const char *dir, GError **error)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].shown && !draw_gain(c, &c->arms[i], dir, error))
			return false;
	}
	return draw_threads(c, dir, error);
}

bool chart_draw(const struct findings *f, const char *dir, GError **error)
{
	bool drawn = drawing_prepare(dir, error);

	if (drawn)
		drawn = f->staircase ? staircase_chart_draw(f->staircase, dir, error) :
				       draw_times(f->comparison, dir, error);
	return drawn && trace_chart_draw(f, dir, error) && profile_chart_draw(f, dir, error) &&
	       live_memory_chart_draw(f->live_memory, dir, error);
}
