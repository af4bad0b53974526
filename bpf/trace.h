/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What watches a kernel: the collectors of this folder behind one door. Used by the agent in a guest and by
 * `vmapbench attach` on a live system; plain C, libbpf and jansson, no GLib.
 *
 * Everything that a collector has to say is a record, a JSON object as it goes into a journal:
 *
 *   {"t":"trace","state":"attached","collectors":[{"collector":"latency","backend":"fentry",
 *    "measures":"time from a function's entry to its return","attached":16,
 *    "absent":["purge_vmap_node"]}, ...],
 *    "refused":[{"collector":"latency","backend":"fsession","why":"a sentence"}]}
 *   {"t":"hist","function":"alloc_vmap_area","backend":"fentry","count":20000,"sum_ns":1,"max_ns":1,"lost":0,
 *    "unpaired":0,"buckets":[[lo_ns,count],...]}
 *   {"t":"lock","lock":"vn[3].busy","source":"slowpath","naming":"symbols","waits":3,"wait_ns":1,
 *    "max_ns":1,"lost":0,"callers":[{"site":"find_unlink_vmap_area","samples":1,"waits":3,"wait_ns":1},...]}
 *   {"t":"events","backend":"...","allocs":1,"failed":0,"frees":1,"purges":1,"purged":1,"lost":0}
 *   {"t":"state","vmalloc_used_kib":1,"areas":1,"lazy_pages":1}     what cannot be read here is null
 *
 * "state" of a trace record is attached, or loaded for the control that is loaded and not attached. Counts and
 * sums run from trace_open() on; a reader that wants an interval subtracts. A bucket is [lo_ns, lo_ns of the
 * next one) as hist.h defines them, empty ones are left out, and the counts of all add up to "count". "lost"
 * are events of which the collector knows that it missed them; "unpaired" are ends whose begin was before the
 * trace, or lost. A hist between events says in words what it is of: "vmap_area lifetime" is a "function".
 */
struct trace;

struct trace_options {
	bool latency;
	bool locks;
	bool state;
	/* The one to use, or NULL for the first that works. */
	const char *backend;	/* of latency: trace_backends() */
	const char *source;	/* of locks: trace_sources() */
	/* NULL; or "site" for a test: locks are named as where nothing else tells their places. */
	const char *naming;
	bool load_only;		/* attach nothing: the control of an overhead measurement */
};

/*
 * Loads and attaches what @options asks for. NULL when a collector that was asked for has no backend that
 * works: @why (of @size bytes) then holds a sentence with what to do; *ret_refused (may be NULL) gets the
 * "refused" array of the trace record in any case, and is the caller's.
 */
struct trace *trace_open(const struct trace_options *options, json_t **ret_refused, char *why, size_t size);

/* The trace record. New reference. */
json_t *trace_describe(const struct trace *t);

/* The records of this moment, as an array; new reference. NULL with a sentence in @why. */
json_t *trace_read(struct trace *t, char *why, size_t size);

/* Detaches and unloads everything. NULL is a no-op. */
void trace_close(struct trace *t);

/* All backends of latency, all sources of locks, in the order they are tried; NULL-ended, static. */
const char *const *trace_backends(void);
const char *const *trace_sources(void);
