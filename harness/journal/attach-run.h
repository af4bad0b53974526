/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "sample.h"

/*
 * The run folder of `vmapbench attach --out` (docs/journal.md): manifest.json with "kind":"attach", and a
 * journal.jsonl of one trace record, then samples: the collectors' records, each with "at_s", closed by a
 * record {"t":"sample","at_s":2.001,"event":"interval"|"end","records":17}.
 */
#define ATTACH_RUN_KIND "attach"

typedef struct attach_log attach_log;

/*
 * Makes the folder @dir, which must not be there or be empty, and writes @manifest (without v and kind) and
 * @trace (trace_describe()) into it; both borrowed. BENCH_ERROR_USAGE when something is in the folder.
 */
struct attach_log *attach_log_create(const char *dir, const json_t *manifest, const json_t *trace,
				     GError **error);

/*
 * @records (trace_read(), borrowed) as the lines of a sample: each with "at_s", and the record that closes
 * them; @end: the last sample. New reference.
 */
json_t *attach_log_sample(const json_t *records, double at_s, bool end);

/* Appends such @lines (borrowed): all of it is on the disk before this returns, or nothing. */
bool attach_log_append(struct attach_log *l, const json_t *lines, GError **error);
void attach_log_close(struct attach_log *l);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(attach_log, attach_log_close)

typedef struct attach_run {
	char *dir;
	json_t *manifest;
	json_t *trace;		/* the trace record: collectors, backends, what was refused */
	struct sample *last;	/* the last whole sample: all that was counted; NULL when there is none */
	bool ended;		/* it was the one of an orderly end */
	bool torn;		/* a sample was begun and not finished; it was left out */
} attach_run;

/* What came between two successive samples, and all until then. Borrowed for the call. */
typedef void (*attach_run_each)(const struct sample *interval, const struct sample *total, void *data);

/*
 * Reads such a folder; @each (may be NULL) is called for every sample. Errors name file and line; a folder of
 * something else is BENCH_ERROR_USAGE.
 */
struct attach_run *attach_run_read(const char *dir, attach_run_each each, void *data, GError **error);
void attach_run_free(struct attach_run *r);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(attach_run, attach_run_free)

/* Whether the manifest of @dir says that it is such a folder; false also when it cannot be read. */
bool attach_run_is(const char *dir);
