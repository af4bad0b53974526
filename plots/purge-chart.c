// SPDX-License-Identifier: GPL-2.0-only
#include "purge-chart.h"

#include "course.h"
#include "journal/run-trace.h"
#include "titles.h"

/* What is drawn of a load, in a panel of its own for each cell. */
struct purge_figure {
	const char *title;
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
	{ "areas purged in a load", areas_purged },
	{ "purges in a load", purges },
};

/* The events of @arm in @cell, load by load: const struct run_events *; *ret_boots more boots. */
static GPtrArray *events_of(const struct comparison *c, const struct comparison_arm *arm, guint cell,
			    guint *ret_boots)
{
	g_autoptr(GPtrArray) boots = run_traced_boots(c->run, arm->name, titles_cell(c, cell));
	GPtrArray *all = g_ptr_array_new();

	for (guint i = 0; i < boots->len; i++) {
		g_autoptr(GPtrArray) events =
			run_find_events(c->run, boots->pdata[i], titles_cell(c, cell));

		for (guint k = 0; k < events->len; k++)
			g_ptr_array_add(all, events->pdata[k]);
		*ret_boots += events->len > 0;
	}
	return all;
}

/* The baseline, and the arms that are shown and not confounded with it. */
static GPtrArray *drawn_arms(const struct comparison *c)
{
	GPtrArray *arms = g_ptr_array_new();

	for (unsigned int a = 0; a < c->arms_count; a++) {
		if (&c->arms[a] == c->baseline || (c->arms[a].shown && !confound_refuses(c->arms[a].confound)))
			g_ptr_array_add(arms, &c->arms[a]);
	}
	return arms;
}

static void add_panel(struct drawing *d, const struct comparison *c, const GPtrArray *arms, guint cell,
		      const struct purge_figure *figure)
{
	for (guint a = 0; a < arms->len; a++) {
		guint boots = 0;
		g_autoptr(GPtrArray) events = events_of(c, arms->pdata[a], cell, &boots);

		for (guint i = 0; i < events->len; i++)
			course_add_point(d, i + 1, figure->of(((const struct run_events *)events->pdata[i])->of));
		course_end_line(d);
	}
}

static bool has_events(const struct comparison *c, const GPtrArray *arms, guint cell, guint *fewest, guint *most)
{
	bool any = false;

	for (guint a = 0; a < arms->len; a++) {
		guint boots = 0;
		g_autoptr(GPtrArray) events = events_of(c, arms->pdata[a], cell, &boots);

		any = any || events->len;
		*fewest = MIN(*fewest, boots);
		*most = MAX(*most, boots);
	}
	return any;
}

static void describe(struct drawing *d, const struct comparison *c, guint fewest, guint most)
{
	g_autofree char *boots = titles_boots(fewest, most);

	titles_set_run(d, c->run, "purges: what was freed lazily is given back in batches; fewer and larger ones "
				  "are cheaper",
		       "each point a load with the probes attached", boots);
	drawing_describe(d, g_strdup("Purges, load by load"),
			 "How many areas the purges of each load gave back, and in how many purges, in the order of the "
			 "boots. Fewer purges of more areas each flush the TLBs less often.");
}

void purge_chart_add(struct drawings *all, const struct comparison *c)
{
	g_autoptr(drawing) d = course_new("purges");
	g_autoptr(GPtrArray) arms = drawn_arms(c);
	g_autoptr(GPtrArray) panels = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	guint fewest = G_MAXUINT, most = 0;

	for (guint cell = 0; cell < c->cells->len; cell++) {
		if (!has_events(c, arms, cell, &fewest, &most))
			continue;
		for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
			add_panel(d, c, arms, cell, &figures[i]);
			g_ptr_array_add(panels, g_strdup_printf("%s: %s", titles_cell(c, cell),
								figures[i].title));
		}
	}
	if (!panels->len)
		return;
	for (guint i = 0; i < arms->len; i++)
		g_ptr_array_add(names, ((const struct comparison_arm *)arms->pdata[i])->name);
	describe(d, c, fewest, most);
	course_finish(d, panels, names, "load, in the order of the boots");
	drawings_add(all, g_steal_pointer(&d));
}
