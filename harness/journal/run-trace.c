// SPDX-License-Identifier: GPL-2.0-only
#include "run-trace.h"

#include <string.h>

#include "base/json.h"
#include "bpf/hist.h"
#include "run-trace-read.h"
#include "runners/record-limits.h"

static const char *const probe_names[] = {
	[RUN_PROBE_OFF] = "off",
	[RUN_PROBE_LOADED] = "loaded",
	[RUN_PROBE_ATTACHED] = "attached",
};

const char *run_probe_name(enum run_probe probe)
{
	return probe_names[probe];
}

enum run_probe run_probe_read(struct fields *f, const char *key)
{
	const char *name = json_text(f->record, key);

	for (size_t i = RUN_PROBE_OFF; name && i < G_N_ELEMENTS(probe_names); i++) {
		if (!strcmp(probe_names[i], name))
			return i;
	}
	fields_refuse(f, key, "off, loaded or attached");
	return RUN_PROBE_NONE;
}

void run_at_read(struct fields *f, struct run_at *at)
{
	at->block = fields_count(f, "block");
	at->arm = fields_text(f, "arm");
	at->boot = fields_text(f, "boot");
	at->cell = fields_text(f, "cell");
	at->load = fields_count(f, "load");
}

void run_at_clear(struct run_at *at)
{
	g_free(at->arm);
	g_free(at->boot);
	g_free(at->cell);
}

char *run_at_place(const char *boot, const char *cell, unsigned int load)
{
	return g_strdup_printf("%u of %s in the boot %s", load, cell, boot);
}

/* Of one load, one function and one lock have one record. */
static void refuse_second(struct fields *f, const struct run_at *at, const char *kind, const char *name)
{
	fields_refuse_second(f, "%s %s of load %u of %s in the boot %s", kind, name, at->load, at->cell,
			     at->boot);
}

static void collector_free(gpointer data)
{
	struct run_collector *c = data;

	g_free(c->collector);
	g_free(c->backend);
	g_free(c->measures);
	g_free(c);
}

void run_trace_free(gpointer data)
{
	struct run_trace *t = data;

	g_free(t->arm);
	g_free(t->boot);
	g_ptr_array_unref(t->collectors);
	json_decref(t->json);
	g_free(t);
}

static void read_collectors(struct fields *f, struct run_trace *t)
{
	const json_t *record = f->record;
	const json_t *list = fields_list(f, "collectors", RECORD_ENTRIES_MAX);
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry) {
		struct run_collector *c = g_new0(struct run_collector, 1);

		f->record = entry;
		c->collector = fields_text(f, "collector");
		c->backend = fields_text(f, "backend");
		c->measures = fields_text(f, "measures");
		g_ptr_array_add(t->collectors, c);
	}
	f->record = record;
}

void run_trace_read(struct fields *f, struct run *r)
{
	struct run_trace *t = g_new0(struct run_trace, 1);

	t->block = fields_count(f, "block");
	t->arm = fields_text(f, "arm");
	t->boot = fields_text(f, "boot");
	t->probe = run_probe_read(f, "state");
	t->collectors = g_ptr_array_new_with_free_func(collector_free);
	t->json = json_incref((json_t *)f->record);
	if (t->probe != RUN_PROBE_OFF)
		read_collectors(f, t);
	g_ptr_array_add(r->traces, t);
}

void run_hist_free(gpointer data)
{
	struct run_hist *h = data;

	run_at_clear(&h->at);
	g_free(h->function);
	g_free(h->backend);
	g_array_unref(h->buckets);
	g_free(h);
}

/* A bucket begins where bpf/hist.h has one begin, above the one before it. */
static bool bucket_fits(const struct run_bucket *bucket, const GArray *buckets)
{
	const struct run_bucket *last = buckets->len == 0 ? NULL
					: &g_array_index(buckets, struct run_bucket, buckets->len - 1);

	return bucket->count > 0 && hist_low(hist_index(bucket->lo_ns)) == bucket->lo_ns &&
	       (!last || last->lo_ns < bucket->lo_ns);
}

static void read_bucket(struct fields *f, GArray *buckets, const json_t *pair, guint64 *left)
{
	struct run_bucket bucket = {
		.lo_ns = json_integer_value(json_array_get(pair, 0)),
		.count = json_integer_value(json_array_get(pair, 1)),
	};

	if (json_array_size(pair) != 2 || !json_is_integer(json_array_get(pair, 0)) ||
	    !bucket_fits(&bucket, buckets) || bucket.count > *left) {
		fields_refuse(f, "buckets", "ascending pairs [lo_ns, count] whose counts add up to \"count\"");
		return;
	}
	*left -= bucket.count;
	g_array_append_val(buckets, bucket);
}

/* Array of struct run_bucket, of @count values together. */
static GArray *read_buckets(struct fields *f, guint64 count)
{
	const json_t *list = fields_list(f, "buckets", HIST_BUCKETS);
	GArray *buckets = g_array_new(FALSE, FALSE, sizeof(struct run_bucket));
	const json_t *pair;
	size_t i;

	json_array_foreach((json_t *)list, i, pair)
		read_bucket(f, buckets, pair, &count);
	if (count > 0)
		fields_refuse(f, "buckets", "counts that add up to \"count\"");
	return buckets;
}

void run_hist_read(struct fields *f, struct run *r)
{
	struct run_hist *h = g_new0(struct run_hist, 1);

	run_at_read(f, &h->at);
	h->function = fields_text(f, "function");
	h->backend = fields_text(f, "backend");
	h->count = fields_total(f, "count");
	h->sum_ns = fields_total(f, "sum_ns");
	h->max_ns = fields_total(f, "max_ns");
	h->lost = fields_total(f, "lost");
	h->unpaired = fields_total(f, "unpaired");
	h->buckets = read_buckets(f, h->count);
	refuse_second(f, &h->at, "hist", h->function);
	g_ptr_array_add(r->hists, h);
}

void run_calls_free(gpointer data)
{
	struct run_calls *c = data;

	run_at_clear(&c->at);
	g_free(c->call);
	g_array_unref(c->buckets);
	g_free(c);
}

/* The three states of a traced boot have each a first load of their own. */
static void refuse_second_calls(struct fields *f, const struct run_calls *c)
{
	const char *probe = run_probe_name(c->probe);
	g_autofree char *name =
		probe ? g_strdup_printf("%s with the probe %s", c->call, probe) : g_strdup(c->call);

	refuse_second(f, &c->at, "calls", name);
}

void run_calls_read(struct fields *f, struct run *r)
{
	struct run_calls *c = g_new0(struct run_calls, 1);

	run_at_read(f, &c->at);
	if (json_object_get(f->record, "probe"))
		c->probe = run_probe_read(f, "probe");
	c->call = fields_text(f, "call");
	c->count = fields_total(f, "count");
	c->sum_ns = fields_total(f, "sum_ns");
	c->max_ns = fields_total(f, "max_ns");
	c->buckets = read_buckets(f, c->count);
	refuse_second_calls(f, c);
	g_ptr_array_add(r->calls, c);
}

void run_lock_free(gpointer data)
{
	struct run_lock *l = data;

	run_at_clear(&l->at);
	sample_lock_free(l->of);
	g_free(l);
}

void run_lock_read(struct fields *f, struct run *r)
{
	struct run_lock *l = g_new0(struct run_lock, 1);

	run_at_read(f, &l->at);
	l->of = sample_lock_read(f);
	refuse_second(f, &l->at, "lock", l->of->lock);
	g_ptr_array_add(r->locks, l);
}

void run_events_free(gpointer data)
{
	struct run_events *e = data;

	run_at_clear(&e->at);
	sample_events_free(e->of);
	g_free(e);
}

void run_events_read(struct fields *f, struct run *r)
{
	struct run_events *e = g_new0(struct run_events, 1);

	run_at_read(f, &e->at);
	e->of = sample_events_read(f);
	refuse_second(f, &e->at, "events", e->of->backend);
	g_ptr_array_add(r->events, e);
}

GPtrArray *run_probe_loads(const struct run *r, const char *boot, const char *cell, enum run_probe probe)
{
	GPtrArray *loads = g_ptr_array_new();

	for (guint i = 0; i < r->traced_loads->len; i++) {
		struct run_load *load = r->traced_loads->pdata[i];

		if (load->probe == probe && !strcmp(load->boot, boot) && !strcmp(load->cell, cell))
			g_ptr_array_add(loads, load);
	}
	return loads;
}

bool run_traced_boot_has_cell(const struct run *r, const char *boot, const char *cell)
{
	for (enum run_probe probe = RUN_PROBE_OFF; probe <= RUN_PROBE_ATTACHED; probe++) {
		g_autoptr(GPtrArray) loads = run_probe_loads(r, boot, cell, probe);

		if (loads->len < r->plan->trace.loads)
			return false;
	}
	return !run_boot_has_splat(r, boot, cell);
}

static int compare_blocks(gconstpointer a, gconstpointer b)
{
	const struct run_load *first = *(struct run_load *const *)a, *second = *(struct run_load *const *)b;

	return (first->block > second->block) - (first->block < second->block);
}

/* Of each complete boot the load that was measured first, the last boot of a block only. */
static GPtrArray *first_loads(const struct run *r, const char *arm, const char *cell)
{
	GPtrArray *loads = g_ptr_array_new();
	g_autoptr(GHashTable) blocks = g_hash_table_new(NULL, NULL);

	for (guint i = r->traced_loads->len; i > 0; i--) {
		struct run_load *load = r->traced_loads->pdata[i - 1];

		if (strcmp(load->arm, arm) || strcmp(load->cell, cell) ||
		    g_hash_table_contains(blocks, GUINT_TO_POINTER(load->block)) ||
		    !run_traced_boot_has_cell(r, load->boot, cell))
			continue;
		g_hash_table_add(blocks, GUINT_TO_POINTER(load->block));
		g_ptr_array_add(loads, load);
	}
	g_ptr_array_sort(loads, compare_blocks);
	return loads;
}

GPtrArray *run_traced_boots(const struct run *r, const char *arm, const char *cell)
{
	g_autoptr(GPtrArray) loads = first_loads(r, arm, cell);
	GPtrArray *boots = g_ptr_array_new();

	for (guint i = 0; i < loads->len; i++)
		g_ptr_array_add(boots, ((struct run_load *)loads->pdata[i])->boot);
	return boots;
}

static bool is_at(const struct run_at *at, const char *boot, const char *cell)
{
	return !strcmp(at->boot, boot) && !strcmp(at->cell, cell);
}

GPtrArray *run_find_hists(const struct run *r, const char *boot, const char *cell, const char *function)
{
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; i < r->hists->len; i++) {
		struct run_hist *h = r->hists->pdata[i];

		if (is_at(&h->at, boot, cell) && (!function || !strcmp(h->function, function)))
			g_ptr_array_add(found, h);
	}
	return found;
}

GPtrArray *run_find_locks(const struct run *r, const char *boot, const char *cell, const char *lock)
{
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; i < r->locks->len; i++) {
		struct run_lock *l = r->locks->pdata[i];

		if (is_at(&l->at, boot, cell) && (!lock || !strcmp(l->of->lock, lock)))
			g_ptr_array_add(found, l);
	}
	return found;
}

GPtrArray *run_find_events(const struct run *r, const char *boot, const char *cell)
{
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; i < r->events->len; i++) {
		struct run_events *e = r->events->pdata[i];

		if (is_at(&e->at, boot, cell))
			g_ptr_array_add(found, e);
	}
	return found;
}

static void add_name(GPtrArray *names, char *name)
{
	if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
		g_ptr_array_add(names, name);
}

GPtrArray *run_traced_functions(const struct run *r)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < r->hists->len; i++)
		add_name(names, ((struct run_hist *)r->hists->pdata[i])->function);
	return names;
}

GPtrArray *run_traced_locks(const struct run *r)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < r->locks->len; i++)
		add_name(names, ((struct run_lock *)r->locks->pdata[i])->of->lock);
	return names;
}

/* The entry of @t about @collector, or NULL; what is only loaded measures nothing. */
static const struct run_collector *attached_collector(const struct run_trace *t, const char *collector)
{
	for (guint i = 0; t->probe == RUN_PROBE_ATTACHED && i < t->collectors->len; i++) {
		const struct run_collector *c = t->collectors->pdata[i];

		if (!strcmp(c->collector, collector))
			return c;
	}
	return NULL;
}

static bool is_of(const char *arm, const char *name)
{
	return !arm || !strcmp(arm, name);
}

static void add_backends_of_hists(GPtrArray *backends, const struct run *r, const char *arm)
{
	for (guint i = 0; i < r->hists->len; i++) {
		const struct run_hist *h = r->hists->pdata[i];

		if (is_of(arm, h->at.arm))
			add_name(backends, h->backend);
	}
}

static void add_sources_of_locks(GPtrArray *backends, const struct run *r, const char *arm)
{
	for (guint i = 0; i < r->locks->len; i++) {
		const struct run_lock *l = r->locks->pdata[i];

		if (is_of(arm, l->at.arm))
			add_name(backends, l->of->source);
	}
}

GPtrArray *run_trace_backends(const struct run *r, const char *collector, const char *arm)
{
	GPtrArray *backends = g_ptr_array_new();

	for (guint i = 0; i < r->traces->len; i++) {
		const struct run_trace *t = r->traces->pdata[i];
		const struct run_collector *c = is_of(arm, t->arm) ? attached_collector(t, collector) : NULL;

		if (c)
			add_name(backends, c->backend);
	}
	if (!strcmp(collector, "latency"))
		add_backends_of_hists(backends, r, arm);
	if (!strcmp(collector, "locks"))
		add_sources_of_locks(backends, r, arm);
	return backends;
}

bool run_trace_failed(const struct run *r, const char *arm, const struct run_boot_end **ret_end)
{
	return run_find_failure(r, arm, true, ret_end);
}
