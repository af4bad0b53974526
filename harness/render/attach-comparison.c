// SPDX-License-Identifier: GPL-2.0-only
#include "attach-comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static void row_free(gpointer data)
{
	struct attach_row *row = data;

	g_free(row->name);
	g_free(row->figure);
	g_free(row);
}

/* What neither run knows is no row. */
static void add_row(struct attach_comparison *c, enum table_part part, const char *name, const char *figure,
		    double before, double after)
{
	struct attach_row *row;

	if (isnan(before) && isnan(after))
		return;
	row = g_new0(struct attach_row, 1);
	row->part = part;
	row->name = g_strdup(name);
	row->figure = g_strdup(figure);
	row->before = before;
	row->after = after;
	g_ptr_array_add(c->rows, row);
}

const json_t *attach_comparison_collector(const struct attach_run *r, const char *collector)
{
	const json_t *list = json_object_get(r->trace, "collectors");
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry) {
		if (!g_strcmp0(json_text(entry, "collector"), collector) && json_text(entry, "backend"))
			return entry;
	}
	return NULL;
}

/* What was not looked for is not 0. */
static bool is_measured(const struct attach_run *r, const char *collector)
{
	return r->last && attach_comparison_collector(r, collector);
}

static double rate(double count, const struct attach_run *r)
{
	return r->last && r->last->at_s > 0 ? count / r->last->at_s : NAN;
}

/* What a run that has no last sample has none of. */
static const GPtrArray *hists_of(const struct attach_run *r, const GPtrArray *none)
{
	return r->last ? r->last->hists : none;
}

static const GPtrArray *locks_of(const struct attach_run *r, const GPtrArray *none)
{
	return r->last ? r->last->locks : none;
}

static const struct sample_hist *find_hist(const GPtrArray *hists, const char *function)
{
	for (guint i = 0; i < hists->len; i++) {
		const struct sample_hist *h = hists->pdata[i];

		if (!strcmp(h->function, function))
			return h;
	}
	return NULL;
}

static double figure_of(const struct sample_hist *h, enum latency_figure figure)
{
	if (!h || h->ns.count < latency_figures[figure].calls_min)
		return NAN;
	return latency_figure_of(&h->ns, figure);
}

static void add_function(struct attach_comparison *c, const char *function, const struct sample_hist *before,
			 const struct sample_hist *after)
{
	double b = before ? before->ns.count : NAN, a = after ? after->ns.count : NAN;

	if (!(b > 0 || a > 0))
		return;
	add_row(c, TABLE_LATENCY, function, "calls", b, a);
	add_row(c, TABLE_LATENCY, function, "calls per second", rate(b, c->before), rate(a, c->after));
	for (int figure = 0; figure < LATENCY_FIGURES; figure++) {
		g_autofree char *name = g_strconcat(latency_figures[figure].name, " ns", NULL);

		add_row(c, TABLE_LATENCY, function, name, figure_of(before, figure), figure_of(after, figure));
	}
}

static void add_functions(struct attach_comparison *c)
{
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	const GPtrArray *before = hists_of(c->before, none), *after = hists_of(c->after, none);

	for (guint i = 0; i < before->len; i++) {
		const struct sample_hist *h = before->pdata[i];

		add_function(c, h->function, h, find_hist(after, h->function));
	}
	for (guint i = 0; i < after->len; i++) {
		const struct sample_hist *h = after->pdata[i];

		if (!find_hist(before, h->function))
			add_function(c, h->function, NULL, h);
	}
}

/* A lock of one run, or a group of them, summed up. */
struct waits {
	double waits, wait_us, max_us;
	double sampled;			/* waits that callers stand for */
	GHashTable *callers;		/* site (borrowed): double * of waits */
};

static void waits_clear(struct waits *w)
{
	g_clear_pointer(&w->callers, g_hash_table_unref);
}

static void add_callers(struct waits *w, const GPtrArray *callers)
{
	for (guint i = 0; i < callers->len; i++) {
		const struct sample_caller *caller = callers->pdata[i];
		double *waits = g_hash_table_lookup(w->callers, caller->site);

		if (!waits) {
			waits = g_new0(double, 1);
			g_hash_table_insert(w->callers, caller->site, waits);
		}
		*waits += caller->waits;
		w->sampled += caller->waits;
	}
}

static char *row_name(const char *lock, bool each)
{
	return each ? g_strdup(lock) : locks_group_name(lock);
}

static struct waits sum_up(const struct attach_run *r, const GPtrArray *records, const char *name, bool each)
{
	struct waits w = { .callers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free) };

	if (!is_measured(r, "locks")) {
		w.waits = w.wait_us = w.max_us = NAN;
		return w;
	}
	for (guint i = 0; i < records->len; i++) {
		const struct sample_lock *lock = records->pdata[i];
		g_autofree char *of = row_name(lock->lock, each);

		if (strcmp(of, name))
			continue;
		w.waits += lock->waits;
		w.wait_us += lock->wait_ns / 1000.0;
		w.max_us = MAX(w.max_us, lock->max_ns / 1000.0);
		add_callers(&w, lock->callers);
	}
	return w;
}

static double share(const struct waits *w, const char *site)
{
	const double *waits = g_hash_table_lookup(w->callers, site);

	return w->sampled > 0 ? 100 * (waits ? *waits : 0) / w->sampled : NAN;
}

static void add_sites(struct attach_comparison *c, const char *name, const struct waits *before,
		      const struct waits *after)
{
	g_autoptr(GHashTable) all = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GList) sites = NULL;
	GHashTableIter iter;
	gpointer site;

	g_hash_table_iter_init(&iter, before->callers);
	while (g_hash_table_iter_next(&iter, &site, NULL))
		g_hash_table_add(all, site);
	g_hash_table_iter_init(&iter, after->callers);
	while (g_hash_table_iter_next(&iter, &site, NULL))
		g_hash_table_add(all, site);
	sites = g_list_sort(g_hash_table_get_keys(all), (GCompareFunc)strcmp);
	for (GList *l = sites; l; l = l->next) {
		g_autofree char *figure = g_strdup_printf("by %s %%", (const char *)l->data);

		add_row(c, TABLE_LOCKS, name, figure, share(before, l->data), share(after, l->data));
	}
}

static void add_lock(struct attach_comparison *c, const char *name, const struct waits *before,
		     const struct waits *after)
{
	if (!(before->waits > 0 || after->waits > 0))
		return;
	add_row(c, TABLE_LOCKS, name, "waits", before->waits, after->waits);
	add_row(c, TABLE_LOCKS, name, "waits per second", rate(before->waits, c->before),
		rate(after->waits, c->after));
	add_row(c, TABLE_LOCKS, name, "waited us", before->wait_us, after->wait_us);
	add_row(c, TABLE_LOCKS, name, "max us", before->max_us, after->max_us);
	add_sites(c, name, before, after);
}

static void add_names(GPtrArray *names, const GPtrArray *records, bool each)
{
	for (guint i = 0; i < records->len; i++) {
		char *name = row_name(((const struct sample_lock *)records->pdata[i])->lock, each);

		if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_free(name);
		else
			g_ptr_array_add(names, name);
	}
}

static void add_locks(struct attach_comparison *c, bool each)
{
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	const GPtrArray *before = locks_of(c->before, none), *after = locks_of(c->after, none);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	add_names(names, before, each);
	add_names(names, after, each);
	for (guint i = 0; i < names->len; i++) {
		struct waits b = sum_up(c->before, before, names->pdata[i], each);
		struct waits a = sum_up(c->after, after, names->pdata[i], each);

		add_lock(c, names->pdata[i], &b, &a);
		waits_clear(&b);
		waits_clear(&a);
	}
}

static void refuse(struct attach_comparison *c, enum table_part part, const char *collector)
{
	const char *before = json_text(attach_comparison_collector(c->before, collector), "backend");
	const char *after = json_text(attach_comparison_collector(c->after, collector), "backend");

	if (!before || !after || !strcmp(before, after))
		return;
	c->refused[part] = g_strdup_printf(
		"%s: %s was measured by %s and %s by %s, which measure different things and are "
		"not compared; attach again by one that both kernels have.",
		collector, c->before->dir, before, c->after->dir, after);
}

/* Not json_line(), which writes 0.1 as 0.10000000000000001. */
static char *readable(const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
	char *copy = g_strdup(text ? text : "none");

	free(text);
	return copy;
}

static void add_difference(GPtrArray *differences, const char *prefix, const char *key, const json_t *before,
			   const json_t *after)
{
	g_autofree char *b = readable(before);
	g_autofree char *a = readable(after);

	if (strcmp(a, b))
		g_ptr_array_add(differences, g_strdup_printf("differs: %s%s%s: %s before, %s after", prefix,
							     *prefix ? "." : "", key, b, a));
}

/* Not what a machine is, but when and how it was asked. */
static bool is_incidental(const char *key)
{
	static const char *const keys[] = { "v", "kind", "created", "command", NULL };

	return g_strv_contains(keys, key);
}

/* Key by key, one level deep: what host and kernel are. */
static void add_differences(GPtrArray *differences, const char *prefix, const json_t *before,
			    const json_t *after)
{
	g_autojson all = json_object();
	const char *key;
	json_t *value;

	json_object_update(all, (json_t *)after);
	json_object_update(all, (json_t *)before);
	json_object_foreach(all, key, value) {
		const json_t *b = json_object_get(before, key), *a = json_object_get(after, key);

		if (!*prefix && is_incidental(key))
			continue;
		if (!*prefix && json_is_object(b) && json_is_object(a))
			add_differences(differences, key, b, a);
		else
			add_difference(differences, prefix, key, b, a);
	}
}

struct attach_comparison *attach_comparison_new(const struct attach_run *before, const struct attach_run *after,
						bool each_lock)
{
	struct attach_comparison *c = g_new0(struct attach_comparison, 1);

	c->before = before;
	c->after = after;
	c->rows = g_ptr_array_new_with_free_func(row_free);
	c->differences = g_ptr_array_new_with_free_func(g_free);
	add_differences(c->differences, "", before->manifest, after->manifest);
	refuse(c, TABLE_LATENCY, "latency");
	refuse(c, TABLE_LOCKS, "locks");
	if (!c->refused[TABLE_LATENCY])
		add_functions(c);
	if (!c->refused[TABLE_LOCKS])
		add_locks(c, each_lock);
	return c;
}

void attach_comparison_free(struct attach_comparison *c)
{
	if (!c)
		return;
	for (int i = 0; i < TABLE_ALL; i++)
		g_free(c->refused[i]);
	g_ptr_array_unref(c->rows);
	g_ptr_array_unref(c->differences);
	g_free(c);
}
