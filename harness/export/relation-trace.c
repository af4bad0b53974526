// SPDX-License-Identifier: GPL-2.0-only
/* What watched loads: distributions, waits, events. */
#include "relation.h"

#include "bpf/hist.h"
#include "journal/run-trace.h"

/* A function's latency, by a collector; or that of a call, by the load itself, in every kind of load. */
static const struct relation_column hist_columns[] = {
	RELATION_PLACE,
	{ "kind", RELATION_TEXT },
	{ "source", RELATION_TEXT },
	{ "function", RELATION_TEXT },
	{ "backend", RELATION_TEXT, true },
	{ "count", RELATION_INTEGER },
	{ "sum_ns", RELATION_INTEGER },
	{ "max_ns", RELATION_INTEGER },
	{ "lost", RELATION_INTEGER },
	{ "unpaired", RELATION_INTEGER },
};

/* What both kinds of records have. */
struct distribution {
	const struct run_at *at;
	const char *kind, *source, *function, *backend;
	guint64 count, sum_ns, max_ns, lost, unpaired;
	const GArray *buckets;
};

static struct distribution of_hist(const struct run_hist *hist)
{
	return (struct distribution){
		.at = &hist->at,
		.kind = run_probe_name(RUN_PROBE_ATTACHED),
		.source = "function",
		.function = hist->function,
		.backend = hist->backend,
		.count = hist->count,
		.sum_ns = hist->sum_ns,
		.max_ns = hist->max_ns,
		.lost = hist->lost,
		.unpaired = hist->unpaired,
		.buckets = hist->buckets,
	};
}

static struct distribution of_calls(const struct run_calls *calls)
{
	const char *probe = run_probe_name(calls->probe);

	return (struct distribution){
		.at = &calls->at,
		.kind = probe ? probe : "timed",
		.source = "call",
		.function = calls->call,
		.count = calls->count,
		.sum_ns = calls->sum_ns,
		.max_ns = calls->max_ns,
		.buckets = calls->buckets,
	};
}

static void each_distribution(const struct source *s, struct relation_rows *rows,
			      void (*add)(const struct source *s, struct relation_rows *rows,
					  const struct distribution *d))
{
	for (guint i = 0; i < s->run->hists->len; i++) {
		struct distribution d = of_hist(s->run->hists->pdata[i]);

		add(s, rows, &d);
	}
	for (guint i = 0; i < s->run->calls->len; i++) {
		struct distribution d = of_calls(s->run->calls->pdata[i]);

		add(s, rows, &d);
	}
}

static void add_hist(const struct source *s, struct relation_rows *rows, const struct distribution *d)
{
	relation_place(rows, s, d->at);
	relation_text(rows, d->kind);
	relation_text(rows, d->source);
	relation_text(rows, d->function);
	relation_text(rows, d->backend);
	relation_count(rows, d->count);
	relation_count(rows, d->sum_ns);
	relation_count(rows, d->max_ns);
	relation_count(rows, d->lost);
	relation_count(rows, d->unpaired);
	relation_end(rows);
}

static void fill_hist(const struct source *s, struct relation_rows *rows)
{
	each_distribution(s, rows, add_hist);
}

#define HIST_KEY "(run, boot, cell, load, kind, source, function)"

const struct relation relation_hist = {
	.name = "hist",
	RELATION_COLUMNS(hist_columns),
	.keys = "PRIMARY KEY " HIST_KEY ", " RELATION_OF_PLACE,
	.fill = fill_hist,
};

static const struct relation_column bucket_columns[] = {
	RELATION_PLACE,
	{ "kind", RELATION_TEXT },
	{ "source", RELATION_TEXT },
	{ "function", RELATION_TEXT },
	{ "lo_ns", RELATION_INTEGER },
	{ "hi_ns", RELATION_INTEGER, true },
	{ "count", RELATION_INTEGER },
};

/* The first value above the bucket that begins at @lo_ns; 0: it is the last, which has no end. */
static guint64 end_of(guint64 lo_ns)
{
	unsigned int bucket = hist_index(lo_ns);

	return bucket + 1 < HIST_BUCKETS ? hist_low(bucket + 1) : 0;
}

static void add_buckets(const struct source *s, struct relation_rows *rows, const struct distribution *d)
{
	for (guint i = 0; i < d->buckets->len; i++) {
		const struct run_bucket *bucket = &g_array_index(d->buckets, struct run_bucket, i);

		relation_place(rows, s, d->at);
		relation_text(rows, d->kind);
		relation_text(rows, d->source);
		relation_text(rows, d->function);
		relation_count(rows, bucket->lo_ns);
		relation_size(rows, end_of(bucket->lo_ns));
		relation_count(rows, bucket->count);
		relation_end(rows);
	}
}

static void fill_bucket(const struct source *s, struct relation_rows *rows)
{
	each_distribution(s, rows, add_buckets);
}

const struct relation relation_bucket = {
	.name = "bucket",
	RELATION_COLUMNS(bucket_columns),
	.keys = "PRIMARY KEY (run, boot, cell, load, kind, source, function, lo_ns), "
		"FOREIGN KEY " HIST_KEY " REFERENCES hist " HIST_KEY,
	.fill = fill_bucket,
};

static const struct relation_column lock_columns[] = {
	RELATION_PLACE,
	{ "lock", RELATION_TEXT },
	{ "source", RELATION_TEXT, true },
	{ "naming", RELATION_TEXT, true },
	{ "waits", RELATION_INTEGER },
	{ "wait_ns", RELATION_INTEGER },
	{ "max_ns", RELATION_INTEGER },
	{ "lost", RELATION_INTEGER },
};

static void fill_lock(const struct source *s, struct relation_rows *rows)
{
	for (guint i = 0; i < s->run->locks->len; i++) {
		const struct run_lock *lock = s->run->locks->pdata[i];

		relation_place(rows, s, &lock->at);
		relation_text(rows, lock->of->lock);
		relation_text(rows, lock->of->source);
		relation_text(rows, lock->of->naming);
		relation_count(rows, lock->of->waits);
		relation_count(rows, lock->of->wait_ns);
		relation_count(rows, lock->of->max_ns);
		relation_count(rows, lock->of->lost);
		relation_end(rows);
	}
}

#define LOCK_KEY "(run, boot, cell, load, lock)"

const struct relation relation_lock = {
	.name = "lock",
	RELATION_COLUMNS(lock_columns),
	.keys = "PRIMARY KEY " LOCK_KEY ", " RELATION_OF_PLACE,
	.fill = fill_lock,
};

static const struct relation_column caller_columns[] = {
	RELATION_PLACE,
	{ "lock", RELATION_TEXT },
	{ "site", RELATION_TEXT },
	{ "samples", RELATION_INTEGER },
	{ "waits", RELATION_INTEGER },
	{ "wait_ns", RELATION_INTEGER },
};

static void add_callers(const struct source *s, struct relation_rows *rows, const struct run_lock *lock)
{
	for (guint i = 0; i < lock->of->callers->len; i++) {
		const struct sample_caller *caller = lock->of->callers->pdata[i];

		relation_place(rows, s, &lock->at);
		relation_text(rows, lock->of->lock);
		relation_text(rows, caller->site);
		relation_count(rows, caller->samples);
		relation_count(rows, caller->waits);
		relation_count(rows, caller->wait_ns);
		relation_end(rows);
	}
}

static void fill_caller(const struct source *s, struct relation_rows *rows)
{
	for (guint i = 0; i < s->run->locks->len; i++)
		add_callers(s, rows, s->run->locks->pdata[i]);
}

const struct relation relation_caller = {
	.name = "caller",
	RELATION_COLUMNS(caller_columns),
	.keys = "FOREIGN KEY " LOCK_KEY " REFERENCES lock " LOCK_KEY,
	.fill = fill_caller,
};

static const struct relation_column events_columns[] = {
	RELATION_PLACE,
	{ "backend", RELATION_TEXT, true },
	{ "allocs", RELATION_INTEGER },
	{ "failed", RELATION_INTEGER },
	{ "frees", RELATION_INTEGER },
	{ "purges", RELATION_INTEGER },
	{ "purged", RELATION_INTEGER },
	{ "lost", RELATION_INTEGER },
};

static void fill_events(const struct source *s, struct relation_rows *rows)
{
	for (guint i = 0; i < s->run->events->len; i++) {
		const struct run_events *events = s->run->events->pdata[i];

		relation_place(rows, s, &events->at);
		relation_text(rows, events->of->backend);
		relation_count(rows, events->of->allocs);
		relation_count(rows, events->of->failed);
		relation_count(rows, events->of->frees);
		relation_count(rows, events->of->purges);
		relation_count(rows, events->of->purged);
		relation_count(rows, events->of->lost);
		relation_end(rows);
	}
}

const struct relation relation_events = {
	.name = "events",
	RELATION_COLUMNS(events_columns),
	.keys = "PRIMARY KEY (run, boot, cell, load), " RELATION_OF_PLACE,
	.fill = fill_events,
};
