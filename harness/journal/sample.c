// SPDX-License-Identifier: GPL-2.0-only
#include "sample.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

/* As bpf/lock.h has room for, and runners/record.h lets through. */
#define CALLERS_MAX 4096

static void hist_free(gpointer data)
{
	struct sample_hist *hist = data;

	g_free(hist->function);
	g_free(hist->backend);
	g_free(hist);
}

void sample_caller_free(gpointer data)
{
	struct sample_caller *caller = data;

	g_free(caller->site);
	g_free(caller);
}

void sample_lock_free(gpointer data)
{
	struct sample_lock *lock = data;

	g_free(lock->lock);
	g_free(lock->source);
	g_free(lock->naming);
	g_ptr_array_unref(lock->callers);
	g_free(lock);
}

void sample_events_free(struct sample_events *events)
{
	if (events)
		g_free(events->backend);
	g_free(events);
}

struct sample *sample_new(double at_s)
{
	struct sample *s = g_new0(struct sample, 1);

	s->at_s = at_s;
	s->hists = g_ptr_array_new_with_free_func(hist_free);
	s->locks = g_ptr_array_new_with_free_func(sample_lock_free);
	return s;
}

void sample_free(struct sample *s)
{
	if (!s)
		return;
	g_ptr_array_unref(s->hists);
	g_ptr_array_unref(s->locks);
	sample_events_free(s->events);
	g_free(s->state);
	g_free(s);
}

struct sample_hist *sample_find_hist(const struct sample *s, const char *function)
{
	for (guint i = 0; i < s->hists->len; i++) {
		struct sample_hist *hist = s->hists->pdata[i];

		if (!strcmp(hist->function, function))
			return hist;
	}
	return NULL;
}

struct sample_lock *sample_find_lock(const struct sample *s, const char *name)
{
	for (guint i = 0; i < s->locks->len; i++) {
		struct sample_lock *lock = s->locks->pdata[i];

		if (!strcmp(lock->lock, name))
			return lock;
	}
	return NULL;
}

static struct sample_caller *find_caller(const struct sample_lock *lock, const char *site)
{
	for (guint i = 0; i < lock->callers->len; i++) {
		struct sample_caller *caller = lock->callers->pdata[i];

		if (!strcmp(caller->site, site))
			return caller;
	}
	return NULL;
}

static char *read_name(struct fields *f, const char *key)
{
	g_autofree char *name = fields_text(f, key);

	return text_make_plain(name ? name : "");
}

/* False when [lo_ns, count] is not what its place in a record asks for. */
static bool add_bucket(struct histogram *h, const json_t *bucket)
{
	json_int_t lo, count;

	return !json_unpack((json_t *)bucket, "[I, I!]", &lo, &count) && lo >= 0 && count > 0 &&
	       histogram_add(h, lo, count);
}

static void read_buckets(struct fields *f, struct histogram *h)
{
	const json_t *buckets = fields_list(f, "buckets", HIST_BUCKETS);
	const json_t *bucket;
	size_t i;

	json_array_foreach((json_t *)buckets, i, bucket) {
		if (!add_bucket(h, bucket))
			fields_refuse(f, "buckets",
				      "pairs [lo_ns, count], where a bucket of bpf/hist.h begins at lo_ns");
	}
	if (h->count != fields_total(f, "count"))
		fields_refuse(f, "count", "the sum of the buckets");
	h->sum = fields_total(f, "sum_ns");
	h->max = fields_total(f, "max_ns");
}

static void read_hist(struct fields *f, struct sample *s)
{
	struct sample_hist *hist = g_new0(struct sample_hist, 1);

	hist->function = read_name(f, "function");
	hist->backend = read_name(f, "backend");
	hist->lost = fields_total(f, "lost");
	hist->unpaired = fields_total(f, "unpaired");
	read_buckets(f, &hist->ns);
	if (sample_find_hist(s, hist->function))
		fields_refuse(f, "function", "one record for each in a sample");
	g_ptr_array_add(s->hists, hist);
}

static void read_caller(struct fields *f, const json_t *record, struct sample_lock *lock)
{
	struct fields inner = { record, f->path, f->line, f->seen, f->error, f->ok };
	struct sample_caller *caller = g_new0(struct sample_caller, 1);

	caller->site = read_name(&inner, "site");
	caller->samples = fields_total(&inner, "samples");
	caller->waits = fields_total(&inner, "waits");
	caller->wait_ns = fields_total(&inner, "wait_ns");
	if (find_caller(lock, caller->site))
		fields_refuse(&inner, "site", "one record for each caller of a lock");
	g_ptr_array_add(lock->callers, caller);
	f->ok = inner.ok;
}

struct sample_lock *sample_lock_read(struct fields *f)
{
	struct sample_lock *lock = g_new0(struct sample_lock, 1);
	const json_t *callers = fields_list(f, "callers", CALLERS_MAX);
	const json_t *caller;
	size_t i;

	lock->callers = g_ptr_array_new_with_free_func(sample_caller_free);
	lock->lock = read_name(f, "lock");
	lock->source = read_name(f, "source");
	lock->naming = read_name(f, "naming");
	lock->waits = fields_total(f, "waits");
	lock->wait_ns = fields_total(f, "wait_ns");
	lock->max_ns = fields_total(f, "max_ns");
	lock->lost = fields_total(f, "lost");
	json_array_foreach((json_t *)callers, i, caller)
		read_caller(f, caller, lock);
	return lock;
}

static void read_lock(struct fields *f, struct sample *s)
{
	struct sample_lock *lock = sample_lock_read(f);

	if (sample_find_lock(s, lock->lock))
		fields_refuse(f, "lock", "one record for each in a sample");
	g_ptr_array_add(s->locks, lock);
}

struct sample_events *sample_events_read(struct fields *f)
{
	struct sample_events *events = g_new0(struct sample_events, 1);

	events->backend = read_name(f, "backend");
	events->allocs = fields_total(f, "allocs");
	events->failed = fields_total(f, "failed");
	events->frees = fields_total(f, "frees");
	events->purges = fields_total(f, "purges");
	events->purged = fields_total(f, "purged");
	events->lost = fields_total(f, "lost");
	return events;
}

static void read_events(struct fields *f, struct sample *s)
{
	if (s->events)
		fields_refuse(f, "t", "one record of events in a sample");
	else
		s->events = sample_events_read(f);
}

static gint64 read_level(struct fields *f, const char *key)
{
	return json_is_null(json_object_get(f->record, key)) ? SAMPLE_UNKNOWN : (gint64)fields_total(f, key);
}

static void read_state(struct fields *f, struct sample *s)
{
	if (s->state) {
		fields_refuse(f, "t", "one record of state in a sample");
		return;
	}
	s->state = g_new0(struct sample_state, 1);
	s->state->vmalloc_used_kib = read_level(f, "vmalloc_used_kib");
	s->state->areas = read_level(f, "areas");
	s->state->lazy_pages = read_level(f, "lazy_pages");
}

static const struct {
	const char *kind;
	void (*read)(struct fields *f, struct sample *s);
} record_kinds[] = {
	{ "hist", read_hist },
	{ "lock", read_lock },
	{ "events", read_events },
	{ "state", read_state },
};

bool sample_add(struct sample *s, struct fields *f)
{
	for (size_t i = 0; i < G_N_ELEMENTS(record_kinds); i++) {
		if (!g_strcmp0(record_kinds[i].kind, json_text(f->record, "t")))
			record_kinds[i].read(f, s);
	}
	return f->ok;
}

struct sample *sample_of(const json_t *records, double at_s, GError **error)
{
	g_autoptr(sample) s = sample_new(at_s);
	const json_t *record;
	size_t i;

	json_array_foreach((json_t *)records, i, record) {
		struct fields f = { record, "record of the collectors", (guint)i, NULL, error, true };

		if (!sample_add(s, &f))
			return NULL;
	}
	return g_steal_pointer(&s);
}

/* Whether nothing of @from was less than it is in @earlier: their @count counters, side by side. */
static bool subtract_counters(guint64 *const *from, const guint64 *earlier, size_t count)
{
	bool ok = true;

	for (size_t i = 0; i < count; i++) {
		ok = ok && *from[i] >= earlier[i];
		*from[i] -= earlier[i];
	}
	return ok;
}

static bool subtract_hist(struct sample_hist *hist, const struct sample_hist *earlier)
{
	guint64 *const counters[] = { &hist->lost, &hist->unpaired };
	const guint64 before[] = { earlier->lost, earlier->unpaired };

	return subtract_counters(counters, before, G_N_ELEMENTS(before)) &&
	       histogram_subtract(&hist->ns, &earlier->ns);
}

static bool subtract_lock(struct sample_lock *lock, const struct sample_lock *earlier)
{
	guint64 *const counters[] = { &lock->waits, &lock->wait_ns, &lock->lost };
	const guint64 before[] = { earlier->waits, earlier->wait_ns, earlier->lost };

	return subtract_counters(counters, before, G_N_ELEMENTS(before));
}

static bool subtract_events(struct sample_events *events, const struct sample_events *earlier)
{
	guint64 *const counters[] = { &events->allocs, &events->failed, &events->frees,
				      &events->purges, &events->purged, &events->lost };
	const guint64 before[] = { earlier->allocs, earlier->failed, earlier->frees,
				   earlier->purges, earlier->purged, earlier->lost };

	return subtract_counters(counters, before, G_N_ELEMENTS(before));
}

static bool refuse_decrease(const char *what, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "a counter of %s is less than it was before: these are not two readings of one trace",
		    what);
	return false;
}

bool sample_subtract(struct sample *s, const struct sample *earlier, GError **error)
{
	for (guint i = 0; i < s->hists->len; i++) {
		struct sample_hist *hist = s->hists->pdata[i];
		const struct sample_hist *then = sample_find_hist(earlier, hist->function);

		if (then && !subtract_hist(hist, then))
			return refuse_decrease(hist->function, error);
	}
	for (guint i = 0; i < s->locks->len; i++) {
		struct sample_lock *lock = s->locks->pdata[i];
		const struct sample_lock *then = sample_find_lock(earlier, lock->lock);

		if (then && !subtract_lock(lock, then))
			return refuse_decrease(lock->lock, error);
	}
	if (s->events && earlier->events && !subtract_events(s->events, earlier->events))
		return refuse_decrease("the events", error);
	return true;
}

guint64 sample_lost(const struct sample *s)
{
	guint64 lost = s->events ? s->events->lost : 0;

	for (guint i = 0; i < s->hists->len; i++)
		lost += ((const struct sample_hist *)s->hists->pdata[i])->lost;
	for (guint i = 0; i < s->locks->len; i++)
		lost += ((const struct sample_lock *)s->locks->pdata[i])->lost;
	return lost;
}
