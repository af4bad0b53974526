// SPDX-License-Identifier: GPL-2.0-only
#include "trace-chart.h"

#include <math.h>
#include <string.h>

#include "arms.h"
#include "bars.h"
#include "curves.h"
#include "titles.h"

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

/* The curves of @function, panel after panel; *ret_panels gets the names of their cells. */
static GArray *curves_of(const struct latency *l, const char *function, const GArray *arms,
			 GPtrArray *ret_panels)
{
	GArray *curves = g_array_new(FALSE, FALSE, sizeof(struct curve));

	for (guint i = 0; i < l->rows->len; i++) {
		const struct latency_row *row = l->rows->pdata[i];

		if (strcmp(row->function, function))
			continue;
		g_ptr_array_add(ret_panels, (gpointer)comparison_cell(l->comparison, row->cell));
		for (guint a = 0; a < arms->len; a++) {
			const struct latency_side *side = &row->sides[g_array_index(arms, guint, a)];
			const struct curve curve = { &side->all, side->figures };

			g_array_append_val(curves, curve);
		}
	}
	return curves;
}

static void add_function(struct drawings *all, const struct latency *l, const char *function,
			 enum curves_kind kind)
{
	static const char *const figures[CURVES_KINDS] = {
		[CURVES_PERCENTILES] =
			"line: all boots together; points: medians over boots, bars: lowest to highest",
		[CURVES_HISTOGRAM] = "all boots together, four bars from one time to its double",
	};
	const struct comparison *c = l->comparison;
	g_autoptr(drawing) d = curves_new(kind, function);
	g_autoptr(GArray) arms = arms_traced(c, l->refused);
	g_autoptr(GPtrArray) labels = arms_names(c, arms);
	g_autoptr(GPtrArray) panels = g_ptr_array_new();
	g_autoptr(GArray) curves = curves_of(l, function, arms, panels);
	g_autofree char *what = subject_words(c, function, l->refused);
	g_autofree char *subject = curves_subject(kind, what);
	g_autofree char *boots = arms_traced_boots(c, arms);

	titles_set_run(d, c->run, subject, figures[kind], boots);
	curves_finish(d, kind, (const struct curve *)curves->data, panels, labels, c->counted);
	drawings_add(all, g_steal_pointer(&d));
}

/* gnuplot refuses a panel without a point: a function that only refused arms were seen in has no chart. */
static bool is_drawn(const struct latency *l, const struct latency_row *row)
{
	g_autoptr(GArray) arms = arms_traced(l->comparison, l->refused);
	guint64 calls = 0;

	for (guint i = 0; i < arms->len; i++)
		calls += row->sides[g_array_index(arms, guint, i)].all.count;
	return calls > 0;
}

static void add_functions(struct drawings *all, const struct latency *l, enum curves_kind kind)
{
	g_autoptr(GPtrArray) drawn = g_ptr_array_new();

	for (guint i = 0; i < l->rows->len; i++) {
		const struct latency_row *row = l->rows->pdata[i];

		if (g_ptr_array_find_with_equal_func(drawn, row->function, g_str_equal, NULL) ||
		    !is_drawn(l, row))
			continue;
		g_ptr_array_add(drawn, (gpointer)row->function);
		add_function(all, l, row->function, kind);
	}
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

/* The bars of @cell: lock by lock, one for each arm. */
static GPtrArray *bars_of(const struct locks *l, guint cell, const GArray *arms)
{
	const struct comparison *c = l->comparison;
	GPtrArray *bars = bars_list_new();

	for (guint i = 0; i < l->rows->len; i++) {
		const struct locks_row *row = l->rows->pdata[i];

		for (guint a = 0; row->cell == cell && a < arms->len; a++) {
			guint arm = g_array_index(arms, guint, a);

			add_side(bars, row->lock, c->arms[arm].name, &row->sides[arm]);
		}
	}
	return bars;
}

static void add_cell(struct drawings *all, const struct locks *l, guint cell)
{
	const struct comparison *c = l->comparison;
	g_autofree char *name = g_strconcat("locks-", comparison_cell(c, cell), NULL);
	g_autofree char *what = subject_words(c, comparison_cell(c, cell), l->refused);
	g_autofree char *subject = g_strconcat(what, ", waits for locks: less is better", NULL);
	g_autoptr(GArray) arms = arms_traced(c, l->refused);
	g_autoptr(GPtrArray) bars = bars_of(l, cell, arms);
	g_autofree char *boots = arms_traced_boots(c, arms);
	g_autoptr(drawing) d = drawing_new("locks.gp", name);

	if (!bars->len)
		return;
	titles_set_run(d, c->run, subject, "medians over boots, shares of callers over all boots", boots);
	bars_finish(d, bars, "waits in a load");
	drawing_describe(
		d, g_strdup_printf("Who waits for which lock: %s", comparison_cell(c, cell)),
		"How often a load had to wait for each lock, arm by arm; the patterns are the functions that "
		"waited. Less is better.");
	drawings_add(all, g_steal_pointer(&d));
}

void trace_chart_add(struct drawings *all, const struct findings *f)
{
	for (int kind = 0; kind < CURVES_KINDS; kind++)
		add_functions(all, f->latency, kind);
	for (guint cell = 0; cell < f->comparison->cells->len; cell++)
		add_cell(all, f->locks, cell);
}
