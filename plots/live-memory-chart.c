// SPDX-License-Identifier: GPL-2.0-only
#include "live-memory-chart.h"

#include "arms.h"
#include "titles.h"

/* Rebuilds are the same source again; what was made otherwise is set beside nothing. */
static bool is_drawn(const struct comparison *c, const struct comparison_arm *arm)
{
	bool beside = arm->role == COMPARISON_CANDIDATE || arm->role == COMPARISON_AA;

	return arm == c->baseline || (beside && !confound_refuses(arm->confound));
}

static GArray *drawn_arms(const struct comparison *c)
{
	GArray *arms = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < c->arms_count; i++) {
		if (is_drawn(c, &c->arms[i]))
			g_array_append_val(arms, i);
	}
	return arms;
}

static void add_row(struct drawing *d, const GArray *arms, const struct live_figure *figure, guint row)
{
	drawing_add_number(d, row);
	for (guint i = 0; i < arms->len; i++)
		drawing_add_number(d, figure->sides[g_array_index(arms, guint, i)].moments[RUN_HELD].median);
	drawing_add_text(d, figure->name);
	g_string_append_c(d->data, '\n');
}

/* The names (borrowed) of those that are there in some arm. */
static GPtrArray *add_rows(struct drawing *d, const struct live_memory *m, const struct live_cell *cell,
			   const GArray *arms)
{
	GPtrArray *names = g_ptr_array_new();

	g_string_append(d->data, "# row, bytes for each area of each arm, what they are\n");
	for (guint i = 0; i < cell->figures->len; i++) {
		const struct live_figure *figure = cell->figures->pdata[i];

		if (!live_memory_is_named(m, figure))
			continue;
		g_ptr_array_add(names, (gpointer)figure->name);
		add_row(d, arms, figure, names->len);
	}
	return names;
}

static void add_cell(struct drawings *all, const struct live_memory *m, const struct live_cell *cell)
{
	const struct comparison *c = m->comparison;
	const char *row = comparison_cell(c, cell->cell);
	g_autofree char *name = g_strdup_printf("live-%s", row);
	g_autofree char *subject = g_strdup_printf("%s: memory of %u areas beside their pages; less is better",
						   row, cell->areas);
	g_autoptr(GArray) arms = drawn_arms(c);
	g_autofree char *boots = titles_timed_boots(c);
	g_autoptr(GPtrArray) arm_names = arms_names(c, arms);
	g_autoptr(drawing) d = drawing_new("profile.gp", name);
	g_autoptr(GPtrArray) names = add_rows(d, m, cell, arms);

	if (!names->len)
		return;
	titles_set_run(d, c->run, subject, "medians over boots, while the areas are held", boots);
	drawing_set_list(d, "arms", arm_names);
	drawing_set_list(d, "names", names);
	drawing_set_text(d, "unit", "bytes for each area");
	drawing_describe(d, g_strdup_printf("Live memory: %s", row),
			 "What an area takes beside its pages, by what it is made of; the total has all the "
			 "other caches as well. Shorter is better.");
	drawings_add(all, g_steal_pointer(&d));
}

void live_memory_chart_add(struct drawings *all, const struct live_memory *m)
{
	for (guint i = 0; i < m->cells->len; i++)
		add_cell(all, m, m->cells->pdata[i]);
}
