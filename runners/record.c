// SPDX-License-Identifier: GPL-2.0-only
#include "record.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "wire.h"

#define TEXT_MAX 4096
#define TIME_MAX_US 1e15	/* 30 years */

enum value_type {
	VALUE_TEXT,
	VALUE_TEXT_OR_NULL,
	VALUE_COUNT,
	VALUE_COUNT_OR_NULL,
	VALUE_BOOL,
	VALUE_TIME,
	VALUE_TIMES,
};

struct key {
	const char *name;
	enum value_type type;
};

#define KEYS_MAX 12

/* clang-format off */
static const struct {
	const char *name;
	enum record_kind kind;
	struct key keys[KEYS_MAX];
} kinds[] = {
	{ "hello", RECORD_HELLO, {
		{ "v", VALUE_COUNT },
		{ "release", VALUE_TEXT }, { "version", VALUE_TEXT }, { "cmdline", VALUE_TEXT_OR_NULL },
		{ "boot_id", VALUE_TEXT_OR_NULL }, { "btf", VALUE_BOOL }, { "taint", VALUE_COUNT_OR_NULL },
		{ "clocksource", VALUE_TEXT_OR_NULL }, { "cpus_online", VALUE_COUNT }, { "cpus_possible", VALUE_COUNT },
		{ "memory_kib", VALUE_COUNT } } },
	{ "tick", RECORD_TICK, { { NULL } } },
	{ "load", RECORD_LOAD, {
		{ "cell", VALUE_TEXT }, { "load", VALUE_COUNT }, { "workers_us", VALUE_TIMES },
		{ "wall_us", VALUE_TIME }, { "taint", VALUE_COUNT_OR_NULL },
		{ "clocksource", VALUE_TEXT_OR_NULL } } },
	{ "splat", RECORD_SPLAT, {
		{ "cell", VALUE_TEXT_OR_NULL }, { "load", VALUE_COUNT_OR_NULL }, { "kind", VALUE_TEXT },
		{ "text", VALUE_TEXT }, { "taint", VALUE_COUNT_OR_NULL } } },
	{ "error", RECORD_ERROR, {
		{ "cell", VALUE_TEXT_OR_NULL }, { "load", VALUE_COUNT_OR_NULL }, { "why", VALUE_TEXT } } },
	{ "bye", RECORD_BYE, { { NULL } } },
};
/* clang-format on */

static bool is_text(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) <= TEXT_MAX;
}

static bool is_count(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_time(const json_t *value)
{
	double time = json_number_value(value);

	return json_is_number(value) && isfinite(time) && time >= 0 && time <= TIME_MAX_US;
}

static bool are_times(const json_t *list)
{
	size_t i;
	const json_t *value;

	json_array_foreach((json_t *)list, i, value) {
		if (!is_time(value))
			return false;
	}
	return json_array_size(list) >= 1 && json_array_size(list) <= WIRE_WORKERS_MAX;
}

static bool value_fits(enum value_type type, const json_t *value)
{
	switch (type) {
	case VALUE_TEXT:
		return is_text(value);
	case VALUE_TEXT_OR_NULL:
		return json_is_null(value) || is_text(value);
	case VALUE_COUNT:
		return is_count(value);
	case VALUE_COUNT_OR_NULL:
		return json_is_null(value) || is_count(value);
	case VALUE_BOOL:
		return json_is_boolean(value);
	case VALUE_TIME:
		return is_time(value);
	case VALUE_TIMES:
		return are_times(value);
	}
	return false;
}

static void take_text(json_t *into, const char *name, const char *text)
{
	g_autofree char *plain = text_make_plain(text);

	json_object_set_new(into, name, json_string(plain));
}

static bool take_keys(const struct key *keys, const json_t *from, json_t *into, GError **error)
{
	for (; keys->name; keys++) {
		json_t *value = json_object_get(from, keys->name);

		if (!value || !value_fits(keys->type, value)) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_KERNEL, "its \"%s\" record has a %s \"%s\"",
				    json_text(into, "t"), value ? "wrong" : "missing", keys->name);
			return false;
		}
		if (json_is_string(value))
			take_text(into, keys->name, json_string_value(value));
		else
			json_object_set(into, keys->name, value);
	}
	return true;
}

static bool parse_kind(const json_t *json, struct record *ret_record, GError **error)
{
	const char *name = json_text(json, "t");

	for (size_t i = 0; name && i < G_N_ELEMENTS(kinds); i++) {
		g_autojson clean = NULL;

		if (strcmp(kinds[i].name, name))
			continue;
		clean = json_pack("{s:s}", "t", name);
		if (!take_keys(kinds[i].keys, json, clean, error))
			return false;
		ret_record->kind = kinds[i].kind;
		ret_record->json = json_incref(clean);
		return true;
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_KERNEL, "it sent a record of no known kind");
	return false;
}

bool record_parse(const char *line, struct record *ret_record, GError **error)
{
	json_error_t reason;
	g_autojson json = json_loads(line, JSON_REJECT_DUPLICATES, &reason);

	if (json_is_object(json))
		return parse_kind(json, ret_record, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_KERNEL, "it sent a line that is no record: %s",
		    json ? "not a JSON object" : reason.text);
	return false;
}

void record_clear(struct record *r)
{
	json_decref(r->json);
	r->json = NULL;
}
