/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/*
 * journal.jsonl: append-only, one JSON object per line, `v` first, `t` naming the kind (docs/journal.md).
 * A record is on the disk (write, fsync) before journal_append() returns.
 */
#define JOURNAL_VERSION 1

typedef struct journal journal;

/*
 * Opens @path for appending; makes it when missing. A torn last line, left by a power cut, is cut off first;
 * *ret_torn (may be NULL) says whether one was. A journal that is open elsewhere is refused
 * (BENCH_ERROR_USAGE).
 */
struct journal *journal_open(const char *path, bool *ret_torn, GError **error);

/*
 * Appends @record, taking its reference; `v` is added. A full disk or an I/O error is BENCH_ERROR_INFRA: the
 * half-written line is cut off again, what stood there before stays.
 */
bool journal_append(struct journal *j, json_t *record, GError **error);

/* As journal_append() with every record of the array @records (borrowed), of which all are there after it, or
 * none. */
bool journal_append_all(struct journal *j, const json_t *records, GError **error);
void journal_close(struct journal *j);

/*
 * Calls @each with every line of the file in order: @length bytes, then its newline; it may be changed (false
 * from @each ends the reading with its error). A torn last line is skipped and reported in *ret_torn (may be
 * NULL).
 */
bool journal_read_lines(const char *path,
			bool (*each)(char *text, size_t length, guint line, void *data, GError **error),
			void *data, bool *ret_torn, GError **error);

/* A line of @path as a record. NULL with an error that names file and line when it is none, or its `v` is newer
 * than ours. */
json_t *journal_parse(const char *path, guint line, const char *text, size_t length, GError **error);

/*
 * Calls @each with every record of the file in order (borrowed; false from @each ends the reading with its
 * error). As journal_read_lines() and journal_parse().
 */
bool journal_read(const char *path, bool (*each)(const json_t *record, guint line, void *data, GError **error),
		  void *data, bool *ret_torn, GError **error);

/*
 * The manifest.json of the run folder @dir, of whatever kind of run. NULL with an error (BENCH_ERROR_FAILED)
 * when there is none, or a `v` newer than ours.
 */
json_t *journal_manifest(const char *dir, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(journal, journal_close)
