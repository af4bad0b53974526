// SPDX-License-Identifier: GPL-2.0-only
#include "fields.h"

#include <math.h>

#include "base/error.h"
#include "base/json.h"

void fields_refuse(struct fields *f, const char *key, const char *expected)
{
	if (f->ok)
		g_set_error(f->error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s:%u: \"%s\": expected %s", f->path,
			    f->line, key, expected);
	f->ok = false;
}

char *fields_text(struct fields *f, const char *key)
{
	const char *text = json_text(f->record, key);

	if (!text)
		fields_refuse(f, key, "a string");
	return g_strdup(text);
}

char *fields_text_or_null(struct fields *f, const char *key)
{
	return json_is_null(json_object_get(f->record, key)) ? NULL : fields_text(f, key);
}

unsigned int fields_count(struct fields *f, const char *key)
{
	gint64 count = json_count(f->record, key, -1);

	if (count < 0 || count > G_MAXINT32)
		fields_refuse(f, key, "a whole number of 0 or more");
	return count;
}

guint64 fields_total(struct fields *f, const char *key)
{
	gint64 total = json_count(f->record, key, -1);

	if (total < 0)
		fields_refuse(f, key, "a whole number of 0 or more");
	return total;
}

double fields_time(struct fields *f, const json_t *value, const char *key)
{
	double time = json_number_value(value);

	if (!json_is_number(value) || !isfinite(time) || time < 0)
		fields_refuse(f, key, "a time of 0 or more");
	return time;
}

const json_t *fields_list(struct fields *f, const char *key, size_t longest)
{
	const json_t *list = json_object_get(f->record, key);
	g_autofree char *expected = NULL;

	if (json_is_array(list) && json_array_size(list) <= longest)
		return list;
	expected = g_strdup_printf("a list of %zu entries at most", longest);
	fields_refuse(f, key, expected);
	return NULL;
}

void fields_refuse_repeated(struct fields *f, const char *identity)
{
	if (f->ok)
		g_set_error(f->error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "%s:%u: %s stands here for the second time; the journal was changed by hand",
			    f->path, f->line, identity);
	f->ok = false;
}

void fields_refuse_second(struct fields *f, const char *format, ...)
{
	g_autofree char *identity = NULL;
	va_list args;

	if (!f->ok)
		return;
	va_start(args, format);
	identity = g_strdup_vprintf(format, args);
	va_end(args);
	if (g_hash_table_contains(f->seen, identity))
		fields_refuse_repeated(f, identity);
	else
		g_hash_table_add(f->seen, g_steal_pointer(&identity));
}
