// SPDX-License-Identifier: GPL-2.0-only
#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

json_t *json_file_read(const char *path, GError **error)
{
	json_error_t reason;
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &reason);

	if (json)
		return json;
	if (reason.line > 0)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s:%d:%d: not valid JSON: %s", path,
			    reason.line, reason.column, reason.text);
	else
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s", reason.text);
	return NULL;
}

bool json_file_write(const char *path, const json_t *json, GError **error)
{
	char *text = json ? json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
	g_autofree char *with_newline = text ? g_strconcat(text, "\n", NULL) : NULL;
	g_autoptr(GError) reason = NULL;

	free(text);
	if (!with_newline) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: cannot be written as JSON: some name in it is not UTF-8; rename that file or "
			    "folder",
			    path);
		return false;
	}
	if (g_file_set_contents_full(path, with_newline, -1,
				     G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
				     &reason))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot write it: %s", path, reason->message);
	return false;
}

char *json_line(const json_t *json)
{
	char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(17));
	char *line = g_strdup(text);

	free(text);
	return line;
}

const char *json_text(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

gint64 json_count(const json_t *json, const char *key, gint64 fallback)
{
	const json_t *value = json_object_get(json, key);

	return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value) : fallback;
}
