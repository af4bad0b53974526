// SPDX-License-Identifier: GPL-2.0-only
#include "threads-chart.h"

#include <math.h>

#include "titles.h"
#include "unit.h"

/* Cells that share it share a panel. Caller frees. */
static char *panel_name(const struct plan_row *row)
{
	return plan_cell_name(row->cell, 0);
}

/* gnuplot refuses a panel without a point. */
static bool has_figures(const struct comparison *c, guint cell)
{
	for (unsigned int a = 0; a < c->arms_count; a++) {
		if (titles_is_beside(&c->arms[a]) && c->arms[a].series[cell].figures->len > 0)
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
		drawing_add_number(d, titles_is_beside(arm) ? s->median / scale : NAN);
		drawing_add_number(d, titles_is_beside(arm) ? s->lowest / scale : NAN);
		drawing_add_number(d, titles_is_beside(arm) ? s->highest / scale : NAN);
		g_string_append_c(d->data, '\n');
	}
	g_string_append(d->data, "\n\n");
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

void threads_chart_add(struct drawings *all, const struct comparison *c)
{
	g_autoptr(drawing) d = drawing_new("threads.gp", "threads");
	g_autoptr(GPtrArray) panels = panel_names(c);
	g_autoptr(GPtrArray) arms = g_ptr_array_new();
	g_autofree char *ticks = thread_ticks(c);
	const struct unit *unit = unit_of(c, unit_highest(c));

	if (!panels->len)
		return;
	for (guint i = 0; i < panels->len; i++) {
		for (unsigned int a = 0; a < c->arms_count; a++)
			add_thread_rows(d, c, &c->arms[a], panels->pdata[i], unit->scale);
	}
	for (unsigned int a = 0; a < c->arms_count; a++)
		g_ptr_array_add(arms, c->arms[a].name);
	titles_set_timed(d, c, "against threads: lower is faster",
			 "medians over boots, bars: lowest to highest");
	drawing_set_list(d, "panels", panels);
	drawing_set_list(d, "arms", arms);
	drawing_set_text(d, "ticks", ticks);
	drawing_set_text(d, "unit", c->counted ? unit->counted : unit->time);
	drawing_describe(
		d, g_strdup("Against threads"),
		"What each arm took, test by test, against the number of threads; the bars reach from the "
		"fastest to the slowest boot. Lower is faster.");
	drawings_add(all, g_steal_pointer(&d));
}
