/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "run.h"
#include "sample.h"

/*
 * The tracing pass of a run (docs/journal.md): boots of their own, in which each cell is run with nothing
 * loaded, with the tracer loaded but not attached, and with it attached. The loads of these boots are in
 * run.traced_loads and never in run.loads, so that no timed figure can have one of them in it.
 */

/* Where a record of the pass belongs. */
struct run_at {
	unsigned int block;
	char *arm;
	char *boot;
	char *cell;		/* name of a plan row */
	unsigned int load;	/* 0, 1, ... in this boot, cell and state of the probe */
};

/* One collector of a trace: what measures, and how. */
struct run_collector {
	char *collector;	/* "latency", "locks" */
	char *backend;		/* "fentry"; of locks its source, "slowpath" */
	char *measures;		/* what that means, in words */
};

/* The tracer's own description. It holds in its boot until the next one. */
struct run_trace {
	unsigned int block;
	char *arm;
	char *boot;
	enum run_probe probe;
	GPtrArray *collectors;	/* struct run_collector *, none when RUN_PROBE_OFF */
	json_t *json;		/* the record as it stands: attached, absent, refused */
};

struct run_bucket {
	guint64 lo_ns;		/* the bucket ends at the next one of bpf/hist.h */
	guint64 count;
};

/* One function's latency during one load. */
struct run_hist {
	struct run_at at;
	char *function;		/* or in words what was measured instead of one */
	char *backend;
	guint64 count;		/* the sum of the buckets */
	guint64 sum_ns;
	guint64 max_ns;		/* since the probe was attached, in the last load that of all its loads */
	guint64 lost;
	guint64 unpaired;
	GArray *buckets;	/* struct run_bucket, ascending, none empty */
};

/* Calls of one kind that a load timed itself, with `latency`; in timed boots as well. */
struct run_calls {
	struct run_at at;
	enum run_probe probe;	/* RUN_PROBE_NONE in a timed boot */
	char *call;		/* "vmalloc" */
	guint64 count;		/* the sum of the buckets */
	guint64 sum_ns;
	guint64 max_ns;
	GArray *buckets;	/* as in struct run_hist */
};

/* One lock's contention during one load. A lock nobody waited for has a record as well when the tracer gave
 * one. */
struct run_lock {
	struct run_at at;
	struct sample_lock *of;	/* of this load alone, but for max_ns: as in struct run_hist */
};

/* What the allocator did during one load. */
struct run_events {
	struct run_at at;
	struct sample_events *of;
};

/* "off", "loaded", "attached", as in the journal; NULL for RUN_PROBE_NONE. */
const char *run_probe_name(enum run_probe probe);

/*
 * The traced boots of @arm that have @cell: plan.trace.loads loads in each state of the probe, and no splat.
 * One for each block, the last. Array of char * (borrowed boot names), ordered by block; caller frees.
 */
GPtrArray *run_traced_boots(const struct run *r, const char *arm, const char *cell);

/* True when @boot is such a boot for @cell, whatever arm it has. */
bool run_traced_boot_has_cell(const struct run *r, const char *boot, const char *cell);

/*
 * What belongs to @cell in @boot, in the order of the journal: arrays of borrowed struct run_load *, run_hist
 * *, run_lock * and run_events *, never NULL, maybe empty; caller frees. @function or @lock NULL: all of them.
 */
GPtrArray *run_probe_loads(const struct run *r, const char *boot, const char *cell, enum run_probe probe);
GPtrArray *run_find_hists(const struct run *r, const char *boot, const char *cell, const char *function);
GPtrArray *run_find_locks(const struct run *r, const char *boot, const char *cell, const char *lock);
GPtrArray *run_find_events(const struct run *r, const char *boot, const char *cell);

/* The names that occur anywhere in the run, in the order of their first appearance. Borrowed strings; caller
 * frees. */
GPtrArray *run_traced_functions(const struct run *r);
GPtrArray *run_traced_locks(const struct run *r);

/*
 * The distinct backends that @collector ("latency" or "locks") ended up with in the attached boots of @arm
 * (NULL: of all arms), as the tracer and as the figures themselves say it, in the order of their first
 * appearance. More than one: figures of these boots measure different things. Borrowed strings; caller frees.
 */
GPtrArray *run_trace_backends(const struct run *r, const char *collector, const char *arm);

/*
 * True when @arm's tracing pass was given up: a traced boot of it ended in RUN_KERNEL or RUN_TEST. *ret_end
 * (may be NULL) is the first such, borrowed. The timed boots of the arm are not touched by it.
 */
bool run_trace_failed(const struct run *r, const char *arm, const struct run_boot_end **ret_end);
