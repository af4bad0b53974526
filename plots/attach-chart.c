// SPDX-License-Identifier: GPL-2.0-only
#include "attach-chart.h"

#include <math.h>
#include <string.h>

#include "bars.h"
#include "course.h"
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
		g_ptr_array_add(list, (gpointer)(runs->count > 1 ? labels[i] : "all calls"));
	return list;
}

static char *span_words(const struct runs *runs, const char *what)
{
	GString *text = g_string_new(what);

	for (guint i = 0; i < runs->count; i++)
		g_string_append_printf(text, "%s%.1f s", i ? " and " : " of ", runs->run[i]->last->at_s);
	return g_string_free(text, FALSE);
}

static void set_titles(struct drawing *d, const struct runs *runs, const char *subject, const char *figures)
{
	titles_set_attached(d, runs->heading, runs->run[0]->manifest,
			    runs->count > 1 ? runs->run[1]->manifest : NULL, subject, figures);
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

static void add_function(struct drawings *all, const struct runs *runs, const char *function,
			 enum curves_kind kind)
{
	g_autoptr(drawing) d = curves_new(kind, function);
	g_autoptr(GPtrArray) names = label_list(runs);
	g_autoptr(GPtrArray) panels = g_ptr_array_new();
	g_autofree char *figures = span_words(runs, "all calls");
	g_autofree char *subject = curves_subject(kind, function);
	struct curve curves[RUNS_MAX] = { { NULL, NULL } };

	g_ptr_array_add(panels, (gpointer)function);
	for (guint i = 0; i < runs->count; i++) {
		const struct sample_hist *h = find_hist(runs->run[i], function);

		curves[i].all = h ? &h->ns : NULL;
	}
	set_titles(d, runs, subject, figures);
	curves_finish(d, kind, curves, panels, names, false);
	drawings_add(all, g_steal_pointer(&d));
}

static void add_functions(struct drawings *all, const struct runs *runs, enum curves_kind kind)
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
			add_function(all, runs, h->function, kind);
		}
	}
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

static void add_locks(struct drawings *all, const struct runs *runs)
{
	g_autoptr(GPtrArray) names = lock_names(runs);
	g_autoptr(GPtrArray) bars = bars_list_new();
	g_autofree char *figures = span_words(runs, "all waits");
	g_autoptr(drawing) d = drawing_new("locks.gp", "locks");

	for (guint i = 0; i < names->len; i++) {
		for (guint k = 0; k < runs->count; k++) {
			if (attach_comparison_collector(runs->run[k], "locks"))
				add_lock(bars, runs->run[k], names->pdata[i], runs->count > 1 ? labels[k] : "");
		}
	}
	if (!bars->len)
		return;
	set_titles(d, runs, "waits for locks: less is better", figures);
	bars_finish(d, bars, "waits per second");
	drawing_describe(
		d, g_strdup("Who waits for which lock"),
		"How often in a second somebody had to wait for each lock; the patterns are the functions that "
		"waited. Less is better.");
	drawings_add(all, g_steal_pointer(&d));
}

/* What is drawn of an interval, a panel each, per second but for the last; NAN: not known. */
struct moment {
	double at_s, purged, purges, allocs, lazy_pages;
};

static void add_moment(const struct sample *interval, const struct sample *total, void *data)
{
	GArray *moments = data;
	double before_s = moments->len ? g_array_index(moments, struct moment, moments->len - 1).at_s : 0;
	double seconds = total->at_s - before_s;
	const struct sample_events *events = interval->events;
	const struct sample_state *state = total->state;
	struct moment m = { total->at_s, NAN, NAN, NAN, NAN };

	if (events && seconds > 0) {
		m.purged = events->purged / seconds;
		m.purges = events->purges / seconds;
		m.allocs = events->allocs / seconds;
	}
	if (state && state->lazy_pages >= 0)
		m.lazy_pages = state->lazy_pages;
	g_array_append_val(moments, m);
}

static const struct {
	const char *title;
	gsize offset;
} moment_figures[] = {
	{ "areas purged per second", G_STRUCT_OFFSET(struct moment, purged) },
	{ "purges per second", G_STRUCT_OFFSET(struct moment, purges) },
	{ "areas allocated per second", G_STRUCT_OFFSET(struct moment, allocs) },
	{ "pages freed and not yet purged", G_STRUCT_OFFSET(struct moment, lazy_pages) },
};

static double figure_at(const GArray *moments, guint i, gsize offset)
{
	return G_STRUCT_MEMBER(double, &g_array_index(moments, struct moment, i), offset);
}

static bool is_known(GArray *const *moments, guint runs, gsize offset)
{
	for (guint r = 0; r < runs; r++) {
		for (guint i = 0; i < moments[r]->len; i++) {
			if (!isnan(figure_at(moments[r], i, offset)))
				return true;
		}
	}
	return false;
}

static void add_course(struct drawings *all, const struct runs *runs, GArray *const *moments)
{
	g_autoptr(drawing) d = course_new("purges");
	g_autoptr(GPtrArray) names = label_list(runs);
	g_autoptr(GPtrArray) panels = g_ptr_array_new();

	if (!is_known(moments, runs->count, moment_figures[0].offset))
		return;
	for (size_t figure = 0; figure < G_N_ELEMENTS(moment_figures); figure++) {
		gsize offset = moment_figures[figure].offset;

		if (!is_known(moments, runs->count, offset))
			continue;
		g_ptr_array_add(panels, (gpointer)moment_figures[figure].title);
		for (guint r = 0; r < runs->count; r++) {
			for (guint i = 0; i < moments[r]->len; i++)
				course_add_point(d, g_array_index(moments[r], struct moment, i).at_s,
						 figure_at(moments[r], i, offset));
			course_end_line(d);
		}
	}
	set_titles(d, runs, "purges over time", "each point an interval between two samples");
	course_finish(d, panels, names, "seconds since the beginning");
	drawing_describe(d, g_strdup("Purges over time"),
			 "What was purged from sample to sample, in how many purges, and what waited for it.");
	drawings_add(all, g_steal_pointer(&d));
}

static bool add_purges(struct drawings *all, const struct runs *runs, GError **error)
{
	GArray *moments[RUNS_MAX] = { NULL, NULL };
	bool read = true;

	for (guint i = 0; read && i < runs->count; i++) {
		g_autoptr(attach_run) again = NULL;

		moments[i] = g_array_new(FALSE, FALSE, sizeof(struct moment));
		again = attach_run_read(runs->run[i]->dir, add_moment, moments[i], error);
		read = again;
	}
	if (read)
		add_course(all, runs, moments);
	for (guint i = 0; i < RUNS_MAX; i++)
		g_clear_pointer(&moments[i], g_array_unref);
	return read;
}

static char *heading_of(const struct runs *runs)
{
	g_autofree char *first = g_path_get_basename(runs->run[0]->dir);
	g_autofree char *second = runs->count > 1 ? g_path_get_basename(runs->run[1]->dir) : NULL;

	return second ? g_strdup_printf("attach: before %s, after %s", first, second) :
			g_strdup_printf("attach: %s", first);
}

bool attach_chart_draw(const struct attach_run *before, const struct attach_run *after, const char *dir,
		       GPtrArray *ret_charts, GError **error)
{
	struct runs runs = { { before, after }, after ? 2 : 1, NULL };
	g_autofree char *heading = heading_of(&runs);
	g_autoptr(drawings) all = drawings_new(dir, error);

	if (!all)
		return false;
	runs.heading = heading;
	for (int kind = 0; kind < CURVES_KINDS; kind++)
		add_functions(all, &runs, kind);
	add_locks(all, &runs);
	return add_purges(all, &runs, error) && drawings_draw(all, ret_charts, error);
}
