// SPDX-License-Identifier: GPL-2.0-only
#include "trace-chart.h"

#include <math.h>
#include <string.h>

#include "bars.h"
#include "curves.h"
#include "titles.h"

static const char *cell_name(const struct comparison *c, guint cell)
{
	return ((const struct plan_row *)c->cells->pdata[cell])->name;
}

/* The arms of a chart: the baseline, and those that are shown and not refused. Their indices as guint. */
static GArray *drawn_arms(const struct comparison *c, char *const *refused)
{
	GArray *arms = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < c->arms_count; i++) {
		if (&c->arms[i] == c->baseline || (c->arms[i].shown && !refused[i]))
			g_array_append_val(arms, i);
	}
	return arms;
}

static GPtrArray *arm_names(const struct comparison *c, const GArray *arms)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < arms->len; i++)
		g_ptr_array_add(names, c->arms[g_array_index(arms, guint, i)].name);
	return names;
}

/* What a chart is of, and who is not in it: "alloc_vmap_area (left out, measured in another way: old)". Caller
 * frees. */
static char *subject_words(const struct comparison *c, const char *what, char *const *refused)
{
	GString *text = g_string_new(what);
	const char *opening = " (left out, measured in another way: ";

	for (guint i = 0; i < c->arms_count; i++) {
		if (!c->arms[i].shown || !refused[i])
			continue;
		g_string_append_printf(text, "%s%s", opening, c->arms[i].name);
		opening = ", ";
	}
	if (text->len > strlen(what))
		g_string_append_c(text, ')');
	return g_string_free(text, FALSE);
}

static char *count_words(const struct comparison *c, const char *what)
{
	unsigned int blocks = c->run->plan->design.blocks;

	return g_strdup_printf("%s; planned: %u block%s", what, blocks, blocks == 1 ? "" : "s");
}

static bool draw_function(const struct latency *l, const char *function, const char *dir, GError **error)
{
	const struct comparison *c = l->comparison;
	g_autoptr(drawing) d = curves_new(dir, function);
	g_autoptr(GArray) curves = g_array_new(FALSE, FALSE, sizeof(struct curve));
	g_autoptr(GArray) arms = drawn_arms(c, l->refused);
	g_autoptr(GPtrArray) labels = arm_names(c, arms);
	g_autoptr(GPtrArray) panels = g_ptr_array_new();
	g_autofree char *figures =
		count_words(c, "line: all boots together; points: medians over boots, bars: lowest to highest");
	g_autofree char *subject = subject_words(c, function, l->refused);

	for (guint i = 0; i < l->rows->len; i++) {
		const struct latency_row *row = l->rows->pdata[i];

		if (strcmp(row->function, function))
			continue;
		g_ptr_array_add(panels, (gpointer)cell_name(c, row->cell));
		for (guint a = 0; a < arms->len; a++) {
			const struct latency_side *side = &row->sides[g_array_index(arms, guint, a)];
			const struct curve curve = { &side->all, side->figures };

			g_array_append_val(curves, curve);
		}
	}
	titles_set_run(d, c->run, figures);
	return curves_draw(d, (const struct curve *)curves->data, panels, labels, subject, c->counted, error);
}

/* gnuplot refuses a panel without a point: a function that only refused arms were seen in has no chart. */
static bool is_drawn(const struct latency *l, const struct latency_row *row)
{
	g_autoptr(GArray) arms = drawn_arms(l->comparison, l->refused);
	guint64 calls = 0;

	for (guint i = 0; i < arms->len; i++)
		calls += row->sides[g_array_index(arms, guint, i)].all.count;
	return calls > 0;
}

static bool draw_functions(const struct latency *l, const char *dir, GError **error)
{
	g_autoptr(GPtrArray) drawn = g_ptr_array_new();

	for (guint i = 0; i < l->rows->len; i++) {
		const struct latency_row *row = l->rows->pdata[i];

		if (g_ptr_array_find_with_equal_func(drawn, row->function, g_str_equal, NULL) ||
		    !is_drawn(l, row))
			continue;
		g_ptr_array_add(drawn, (gpointer)row->function);
		if (!draw_function(l, row->function, dir, error))
			return false;
	}
	return true;
}

static void add_side(GPtrArray *bars, const char *lock, const char *arm, const struct locks_side *side)
{
	struct bars_bar *bar = bars_add(bars, lock, arm);
	double waits = isnan(side->waits.median) ? 0 : side->waits.median;

	if (!side->callers->len)
		bars_add_part(bar, NULL, waits);
	for (guint i = 0; i < side->callers->len; i++) {
		const char *site = g_array_index(side->callers, struct locks_caller, i).site;
		double share = locks_caller_pct(side, site);

		bars_add_part(bar, site, isnan(share) ? 0 : waits * share / 100);
	}
}

static bool draw_cell(const struct locks *l, guint cell, const char *dir, GError **error)
{
	const struct comparison *c = l->comparison;
	g_autofree char *name = g_strconcat("locks-", cell_name(c, cell), NULL);
	g_autofree char *figures = count_words(c, "median over boots, shares of callers over all boots");
	g_autofree char *subject = subject_words(c, cell_name(c, cell), l->refused);
	g_autoptr(GArray) arms = drawn_arms(c, l->refused);
	g_autoptr(GPtrArray) bars = bars_list_new();
	g_autoptr(drawing) d = NULL;

	for (guint i = 0; i < l->rows->len; i++) {
		const struct locks_row *row = l->rows->pdata[i];

		for (guint a = 0; row->cell == cell && a < arms->len; a++) {
			guint arm = g_array_index(arms, guint, a);

			add_side(bars, row->lock, c->arms[arm].name, &row->sides[arm]);
		}
	}
	if (!bars->len)
		return true;
	d = drawing_new("locks.gp", dir, name);
	titles_set_run(d, c->run, figures);
	return bars_draw(d, bars, subject, "waits per load", error);
}

bool trace_chart_draw(const struct findings *f, const char *dir, GError **error)
{
	if (!draw_functions(f->latency, dir, error))
		return false;
	for (guint cell = 0; cell < f->comparison->cells->len; cell++) {
		if (!draw_cell(f->locks, cell, dir, error))
			return false;
	}
	return true;
}
