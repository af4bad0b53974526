/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "fields.h"
#include "stats/histogram.h"

/*
 * What the collectors had to say at one moment: their records (bpf/trace.h) as structs. Counts and sums run
 * from the beginning of the trace, unless sample_subtract() made them those of an interval. Texts are fit for a
 * terminal.
 */
struct sample_hist {
	char *function;			/* or in words what was measured instead of one */
	char *backend;
	guint64 lost;
	guint64 unpaired;
	struct histogram ns;
};

struct sample_caller {
	char *site;
	guint64 samples;
	guint64 waits;
	guint64 wait_ns;
};

struct sample_lock {
	char *lock;
	char *source;
	char *naming;			/* how its name was found */
	guint64 waits;
	guint64 wait_ns;
	guint64 lost;
	/* Since the beginning, also in an interval. */
	guint64 max_ns;
	GPtrArray *callers;		/* struct sample_caller *; their waits are estimates from those seen */
};

struct sample_events {
	char *backend;
	guint64 allocs;
	guint64 failed;
	guint64 frees;
	guint64 purges;
	guint64 purged;
	guint64 lost;
};

#define SAMPLE_UNKNOWN (-1)

struct sample_state {
	gint64 vmalloc_used_kib;	/* SAMPLE_UNKNOWN: cannot be read here */
	gint64 areas;
	gint64 lazy_pages;
};

typedef struct sample {
	double at_s;			/* since the beginning of the trace */
	GPtrArray *hists;		/* struct sample_hist *, in the collectors' order */
	GPtrArray *locks;		/* struct sample_lock * */
	struct sample_events *events;	/* NULL when no collector counts them */
	struct sample_state *state;	/* NULL when no collector reads it */
} sample;

struct sample *sample_new(double at_s);
void sample_free(struct sample *s);

/*
 * Adds the record of @f, whose "t" is hist, lock, events or state; other kinds are overlooked. False with the
 * error of @f when a key is not as it must be, buckets do not add up, or the record is there already.
 */
bool sample_add(struct sample *s, struct fields *f);

/* One such record by itself; what was refused is seen at @f. The caller's. */
struct sample_lock *sample_lock_read(struct fields *f);
struct sample_events *sample_events_read(struct fields *f);
void sample_lock_free(gpointer lock);
void sample_caller_free(gpointer caller);
void sample_events_free(struct sample_events *events);

/* The records of one trace_read(). NULL with an error (BENCH_ERROR_FAILED) as above. */
struct sample *sample_of(const json_t *records, double at_s, GError **error);

/*
 * @s becomes what came after @earlier, a sample of the same trace; its state, and the max and the callers of
 * its locks, stay what they are. False with an error (BENCH_ERROR_FAILED), and @s is of no more use, when
 * something is less than it was.
 */
bool sample_subtract(struct sample *s, const struct sample *earlier, GError **error);

/* Borrowed; NULL when there is none of that name. */
struct sample_hist *sample_find_hist(const struct sample *s, const char *function);
struct sample_lock *sample_find_lock(const struct sample *s, const char *lock);

/* Everything that the collectors know that they missed. */
guint64 sample_lost(const struct sample *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sample, sample_free)
