// SPDX-License-Identifier: GPL-2.0-only
#include "live-memory-chart.h"

#include "drawing.h"
#include "titles.h"
#include "words.h"

/* Rebuilds are the same source again; what was made otherwise is set beside nothing. */
static bool is_drawn(const struct comparison *c, const struct comparison_arm *arm)
{
	bool beside = arm->role == COMPARISON_CANDIDATE || arm->role == COMPARISON_AA;

	return arm == c->baseline || (beside && !confound_refuses(arm->confound));
}

static char *arm_words(const struct comparison *c)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (is_drawn(c, &c->arms[i]))
			g_ptr_array_add(names, c->arms[i].name);
	}
	return words_join(names);
}

static void add_row(struct drawing *d, const struct comparison *c, const struct live_figure *figure, guint row)
{
	g_autofree char *name = g_strdelimit(g_strdup(figure->name), "\"\\", '_');

	drawing_add_number(d, row);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (is_drawn(c, &c->arms[i]))
			drawing_add_number(d, figure->sides[i].moments[RUN_HELD].median);
	}
	g_string_append_printf(d->data, "\"%s\"\n", name);
}

/* Those that are there in some arm. */
static guint add_rows(struct drawing *d, const struct live_memory *m, const struct live_cell *cell)
{
	guint rows = 0;

	g_string_append(d->data, "# row, bytes for each area of each arm, what they are\n");
	for (guint i = 0; i < cell->figures->len; i++) {
		const struct live_figure *figure = cell->figures->pdata[i];

		if (live_memory_is_named(m, figure))
			add_row(d, m->comparison, figure, ++rows);
	}
	return rows;
}

static bool draw_cell(const struct live_memory *m, const struct live_cell *cell, const char *dir, GError **error)
{
	const struct comparison *c = m->comparison;
	const struct plan_row *row = c->cells->pdata[cell->cell];
	g_autofree char *name = g_strdup_printf("live-%s", row->name);
	g_autofree char *subject =
		g_strdup_printf("%s: memory of %u areas beside their pages", row->name, cell->areas);
	g_autofree char *arms = arm_words(c);
	g_autoptr(drawing) d = drawing_new("profile.gp", dir, name);

	drawing_set_number(d, "rows", add_rows(d, m, cell));
	titles_set_run(d, c->run, "median over boots, while the areas are held; shorter is better");
	drawing_set_text(d, "subject", subject);
	drawing_set_text(d, "arms", arms);
	drawing_set_text(d, "unit", "bytes for each area");
	return drawing_draw(d, error);
}

bool live_memory_chart_draw(const struct live_memory *m, const char *dir, GError **error)
{
	for (guint i = 0; i < m->cells->len; i++) {
		if (!draw_cell(m, m->cells->pdata[i], dir, error))
			return false;
	}
	return true;
}
