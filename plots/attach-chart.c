// SPDX-License-Identifier: GPL-2.0-only
#include "attach-chart.h"

#include <string.h>

#include "bars.h"
#include "curves.h"
#include "render/attach-comparison.h"
#include "titles.h"

#define RUNS_MAX 2

/* The runs of a chart and what they are called in it. */
struct runs {
	const struct attach_run *run[RUNS_MAX];
	guint count;
	char *heading;
};

static const char *const labels[] = { "before", "after" };

static GPtrArray *label_list(const struct runs *runs)
{
	GPtrArray *list = g_ptr_array_new();

	for (guint i = 0; i < runs->count; i++)
		g_ptr_array_add(list, (gpointer)(runs->count > 1 ? labels[i] : "all_calls"));
	return list;
}

static char *span_words(const struct runs *runs, const char *what)
{
	GString *text = g_string_new(what);

	for (guint i = 0; i < runs->count; i++)
		g_string_append_printf(text, "%s%.1f s", i ? " and " : " of ", runs->run[i]->last->at_s);
	return g_string_free(text, FALSE);
}

static void set_titles(struct drawing *d, const struct runs *runs, const char *figures)
{
	titles_set_attached(d, runs->heading, runs->run[0]->manifest,
			    runs->count > 1 ? runs->run[1]->manifest : NULL, figures);
}

static const struct sample_hist *find_hist(const struct attach_run *r, const char *function)
{
	for (guint i = 0; i < r->last->hists->len; i++) {
		const struct sample_hist *h = r->last->hists->pdata[i];

		if (!strcmp(h->function, function) && h->ns.count > 0)
			return h;
	}
	return NULL;
}

static bool draw_function(const struct runs *runs, const char *function, const char *dir, GError **error)
{
	g_autoptr(drawing) d = curves_new(dir, function);
	g_autoptr(GPtrArray) names = label_list(runs);
	g_autoptr(GPtrArray) panels = g_ptr_array_new();
	g_autofree char *figures = span_words(runs, "all calls");
	struct curve curves[RUNS_MAX] = { { NULL, NULL } };

	g_ptr_array_add(panels, (gpointer)function);
	for (guint i = 0; i < runs->count; i++) {
		const struct sample_hist *h = find_hist(runs->run[i], function);

		curves[i].all = h ? &h->ns : NULL;
	}
	set_titles(d, runs, figures);
	return curves_draw(d, curves, panels, names, function, false, error);
}

static bool draw_functions(const struct runs *runs, const char *dir, GError **error)
{
	g_autoptr(GPtrArray) drawn = g_ptr_array_new();

	for (guint i = 0; i < runs->count; i++) {
		const GPtrArray *hists = runs->run[i]->last->hists;

		for (guint k = 0; k < hists->len; k++) {
			const struct sample_hist *h = hists->pdata[k];

			if (!h->ns.count ||
			    g_ptr_array_find_with_equal_func(drawn, h->function, g_str_equal, NULL))
				continue;
			g_ptr_array_add(drawn, h->function);
			if (!draw_function(runs, h->function, dir, error))
				return false;
		}
	}
	return true;
}

/* The share of each caller in what was waited for @lock, of which there may be several in the group. */
static void add_callers(struct bars_bar *bar, const struct sample_lock *lock, double per_second)
{
	double known = 0;

	for (guint i = 0; i < lock->callers->len; i++)
		known += ((const struct sample_caller *)lock->callers->pdata[i])->waits;
	if (known == 0)
		bars_add_part(bar, NULL, per_second);
	for (guint i = 0; known > 0 && i < lock->callers->len; i++) {
		const struct sample_caller *caller = lock->callers->pdata[i];

		bars_add_part(bar, caller->site, per_second * caller->waits / known);
	}
}

static void add_lock(GPtrArray *bars, const struct attach_run *r, const char *name, const char *label)
{
	struct bars_bar *bar = bars_add(bars, name, label);

	for (guint i = 0; i < r->last->locks->len; i++) {
		const struct sample_lock *lock = r->last->locks->pdata[i];
		g_autofree char *group = locks_group_name(lock->lock);

		if (!strcmp(group, name) && r->last->at_s > 0)
			add_callers(bar, lock, lock->waits / r->last->at_s);
	}
}

/* The locks, or groups of them, that anybody waited for. */
static GPtrArray *lock_names(const struct runs *runs)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < runs->count; i++) {
		for (guint k = 0; k < runs->run[i]->last->locks->len; k++) {
			const struct sample_lock *lock = runs->run[i]->last->locks->pdata[k];
			g_autofree char *name = locks_group_name(lock->lock);

			if (lock->waits && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
				g_ptr_array_add(names, g_steal_pointer(&name));
		}
	}
	return names;
}

static bool draw_locks(const struct runs *runs, const char *dir, GError **error)
{
	g_autoptr(GPtrArray) names = lock_names(runs);
	g_autoptr(GPtrArray) bars = bars_list_new();
	g_autofree char *figures = span_words(runs, "all waits");
	g_autoptr(drawing) d = NULL;

	for (guint i = 0; i < names->len; i++) {
		for (guint k = 0; k < runs->count; k++) {
			if (attach_comparison_collector(runs->run[k], "locks"))
				add_lock(bars, runs->run[k], names->pdata[i], runs->count > 1 ? labels[k] : "");
		}
	}
	if (!bars->len)
		return true;
	d = drawing_new("locks.gp", dir, "locks");
	set_titles(d, runs, figures);
	return bars_draw(d, bars, "locks", "waits per second", error);
}

static char *heading_of(const struct runs *runs)
{
	g_autofree char *first = g_path_get_basename(runs->run[0]->dir);
	g_autofree char *second = runs->count > 1 ? g_path_get_basename(runs->run[1]->dir) : NULL;

	return second ? g_strdup_printf("attach: before %s, after %s", first, second) :
			g_strdup_printf("attach: %s", first);
}

bool attach_chart_draw(const struct attach_run *before, const struct attach_run *after, const char *dir,
		       GError **error)
{
	struct runs runs = { { before, after }, after ? 2 : 1, NULL };
	g_autofree char *heading = heading_of(&runs);

	runs.heading = heading;
	return drawing_prepare(dir, error) && draw_functions(&runs, dir, error) &&
	       draw_locks(&runs, dir, error);
}
