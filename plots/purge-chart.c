// SPDX-License-Identifier: GPL-2.0-only
#include "purge-chart.h"

#include "arms.h"
#include "course.h"
#include "journal/run-trace.h"
#include "titles.h"

/*
 * What is drawn of a load, in a panel of its own for each cell: what the allocator's own events count, or,
 * where functions were watched instead, how often those were called that purge.
 */
struct purge_figure {
	const char *title;
	const char *function;	/* whose calls are counted; NULL: @of the events */
	double (*of)(const struct sample_events *events);
};

static double areas_purged(const struct sample_events *events)
{
	return events->purged;
}

static double purges(const struct sample_events *events)
{
	return events->purges;
}

static const struct purge_figure figures[] = {
	{ "areas purged in a load", NULL, areas_purged },
	{ "purges in a load", NULL, purges },
	{ "calls of __purge_vmap_area_lazy in a load", "__purge_vmap_area_lazy", NULL },
	{ "calls of purge_vmap_node in a load", "purge_vmap_node", NULL },
};

/* The figure of each load of @boot, in the journal's order, is added to @ret_loads (double). */
static void add_boot(const struct comparison *c, const char *boot, guint cell,
		     const struct purge_figure *figure, GArray *ret_loads)
{
	g_autoptr(GPtrArray) records =
		figure->function ? run_find_hists(c->run, boot, comparison_cell(c, cell), figure->function) :
				   run_find_events(c->run, boot, comparison_cell(c, cell));

	for (guint i = 0; i < records->len; i++) {
		double of = figure->function ? ((const struct run_hist *)records->pdata[i])->count :
					       figure->of(((const struct run_events *)records->pdata[i])->of);

		g_array_append_val(ret_loads, of);
	}
}

/* Of all boots of @arm (double). */
static GArray *loads_of(const struct comparison *c, const struct comparison_arm *arm, guint cell,
			const struct purge_figure *figure)
{
	g_autoptr(GPtrArray) boots = run_traced_boots(c->run, arm->name, comparison_cell(c, cell));
	GArray *loads = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint i = 0; i < boots->len; i++)
		add_boot(c, boots->pdata[i], cell, figure, loads);
	return loads;
}

/* False, and nothing is added, when no load has anything to show in it. */
static bool add_panel(struct drawing *d, const struct comparison *c, const GArray *arms, guint cell,
		      const struct purge_figure *figure)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
	bool any = false;

	for (guint a = 0; a < arms->len; a++) {
		GArray *loads = loads_of(c, &c->arms[g_array_index(arms, guint, a)], cell, figure);

		for (guint i = 0; i < loads->len; i++)
			any = any || g_array_index(loads, double, i) > 0;
		g_ptr_array_add(lines, loads);
	}
	for (guint a = 0; any && a < arms->len; a++) {
		const GArray *loads = lines->pdata[a];

		for (guint i = 0; i < loads->len; i++)
			course_add_point(d, i + 1, g_array_index(loads, double, i));
		course_end_line(d);
	}
	return any;
}

static void describe(struct drawing *d, const struct comparison *c, const GArray *arms)
{
	g_autofree char *boots = arms_traced_boots(c, arms);

	titles_set_run(d, c->run, "purges, which give back what was freed lazily: lower is less work",
		       "each point a load with the probes attached", boots);
	drawing_describe(
		d, g_strdup("Purges, load by load"),
		"How often each load purged what it had freed lazily, and where it was counted how many areas "
		"that gave back, in the order of the boots. The same areas in fewer purges flush the TLBs less "
		"often.");
}

void purge_chart_add(struct drawings *all, const struct latency *l)
{
	const struct comparison *c = l->comparison;
	g_autoptr(drawing) d = course_new("purges");
	g_autoptr(GArray) arms = arms_traced(c, l->refused);
	g_autoptr(GPtrArray) panels = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) names = arms_names(c, arms);

	for (guint cell = 0; cell < c->cells->len; cell++) {
		for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
			if (!add_panel(d, c, arms, cell, &figures[i]))
				continue;
			g_ptr_array_add(panels, g_strdup_printf("%s: %s", comparison_cell(c, cell),
								figures[i].title));
		}
	}
	if (!panels->len)
		return;
	describe(d, c, arms);
	course_finish(d, panels, names, "load, in the order of the boots");
	drawings_add(all, g_steal_pointer(&d));
}
