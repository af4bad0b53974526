/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* Jansson with our errors. Objects are new references unless said otherwise. */

static inline void json_clear(json_t **json)
{
	json_decref(*json);
}

/* A json_t * variable that drops its reference at the end of its block. Initialise it at its declaration. */
#define g_autojson __attribute__((cleanup(json_clear))) json_t *

/* Reads a whole file; the error names the file, line and column. */
json_t *json_file_read(const char *path, GError **error);

/*
 * Writes to a temporary file beside @path, fsyncs, and renames: the file is never seen half-written. The error
 * is BENCH_ERROR_INFRA.
 */
bool json_file_write(const char *path, const json_t *json, GError **error);

/* One line without newline, keys in the order they were set, %.17g reals. Returns a string the caller frees. */
char *json_line(const json_t *json);

/* Borrowed string under @key of object @json, or NULL when absent or no string. */
const char *json_text(const json_t *json, const char *key);

/* The whole number under @key when it is there and in [0, G_MAXINT64]; otherwise @fallback. */
gint64 json_count(const json_t *json, const char *key, gint64 fallback);
