// SPDX-License-Identifier: GPL-2.0-only
#include "record.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "bpf/hist.h"
#include "record-samples.h"
#include "wire.h"

#define TEXT_MAX 4096
#define TIME_MAX_US 1e15	/* 30 years */

enum value_type {
	VALUE_TEXT,
	VALUE_TEXT_OR_NULL,
	VALUE_TEXTS,
	VALUE_COUNT,
	VALUE_COUNT_OR_NULL,
	VALUE_BOOL,
	VALUE_TIME,
	VALUE_TIMES,
	VALUE_PROBE,
	VALUE_BUCKETS,
	VALUE_MOMENTS,
	VALUE_LIST,		/* of objects */
	VALUE_NAMES,		/* of functions */
	VALUE_STACKS,
};

struct key {
	const char *name;
	enum value_type type;
	const struct key *entry;	/* of a VALUE_LIST: the keys of its objects */
	bool optional;			/* the record may do without it */
};

#define KEYS_MAX 12

/* clang-format off */
static const struct key collector_keys[] = {
	{ "collector", VALUE_TEXT }, { "backend", VALUE_TEXT }, { "measures", VALUE_TEXT },
	{ "attached", VALUE_COUNT }, { "absent", VALUE_TEXTS }, { NULL } };
static const struct key refused_keys[] = {
	{ "collector", VALUE_TEXT }, { "backend", VALUE_TEXT }, { "why", VALUE_TEXT }, { NULL } };
static const struct key caller_keys[] = {
	{ "site", VALUE_TEXT }, { "samples", VALUE_COUNT }, { "waits", VALUE_COUNT },
	{ "wait_ns", VALUE_COUNT }, { NULL } };

static const struct key total_keys[] = {
	{ "total", VALUE_TEXT }, { "kib", VALUE_MOMENTS }, { NULL } };
static const struct key cache_keys[] = {
	{ "cache", VALUE_TEXT }, { "object_bytes", VALUE_COUNT }, { "slab_objects", VALUE_COUNT },
	{ "slab_pages", VALUE_COUNT }, { "active", VALUE_MOMENTS }, { "slabs", VALUE_MOMENTS }, { NULL } };
static const struct key refused_event_keys[] = {
	{ "event", VALUE_TEXT }, { "why", VALUE_TEXT }, { NULL } };

static const struct kind {
	const char *name;
	enum record_kind kind;
	struct key keys[KEYS_MAX];
} kinds[] = {
	{ "hello", RECORD_HELLO, {
		{ "v", VALUE_COUNT },
		{ "release", VALUE_TEXT }, { "version", VALUE_TEXT }, { "cmdline", VALUE_TEXT_OR_NULL },
		{ "boot_id", VALUE_TEXT_OR_NULL }, { "btf", VALUE_BOOL }, { "taint", VALUE_COUNT_OR_NULL },
		{ "clocksource", VALUE_TEXT_OR_NULL }, { "cpus_online", VALUE_COUNT },
		{ "cpus_possible", VALUE_COUNT }, { "memory_kib", VALUE_COUNT } } },
	{ "tick", RECORD_TICK, { { NULL } } },
	{ "load", RECORD_LOAD, {
		{ "cell", VALUE_TEXT }, { "load", VALUE_COUNT }, { "workers_us", VALUE_TIMES },
		{ "wall_us", VALUE_TIME }, { "taint", VALUE_COUNT_OR_NULL },
		{ "clocksource", VALUE_TEXT_OR_NULL }, { "probe", VALUE_PROBE, .optional = true } } },
	{ "splat", RECORD_SPLAT, {
		{ "cell", VALUE_TEXT_OR_NULL }, { "load", VALUE_COUNT_OR_NULL }, { "kind", VALUE_TEXT },
		{ "text", VALUE_TEXT }, { "taint", VALUE_COUNT_OR_NULL } } },
	{ "error", RECORD_ERROR, {
		{ "cell", VALUE_TEXT_OR_NULL }, { "load", VALUE_COUNT_OR_NULL }, { "why", VALUE_TEXT } } },
	{ "trace", RECORD_TRACE, {
		{ "state", VALUE_PROBE }, { "collectors", VALUE_LIST, collector_keys, .optional = true },
		{ "refused", VALUE_LIST, refused_keys, .optional = true } } },
	{ "hist", RECORD_HIST, {
		{ "cell", VALUE_TEXT }, { "load", VALUE_COUNT }, { "function", VALUE_TEXT },
		{ "backend", VALUE_TEXT }, { "count", VALUE_COUNT }, { "sum_ns", VALUE_COUNT },
		{ "max_ns", VALUE_COUNT }, { "lost", VALUE_COUNT }, { "unpaired", VALUE_COUNT },
		{ "buckets", VALUE_BUCKETS } } },
	{ "lock", RECORD_LOCK, {
		{ "cell", VALUE_TEXT }, { "load", VALUE_COUNT }, { "lock", VALUE_TEXT },
		{ "source", VALUE_TEXT }, { "naming", VALUE_TEXT }, { "waits", VALUE_COUNT },
		{ "wait_ns", VALUE_COUNT }, { "max_ns", VALUE_COUNT }, { "lost", VALUE_COUNT },
		{ "callers", VALUE_LIST, caller_keys } } },
	{ "events", RECORD_EVENTS, {
		{ "cell", VALUE_TEXT }, { "load", VALUE_COUNT }, { "backend", VALUE_TEXT },
		{ "allocs", VALUE_COUNT }, { "failed", VALUE_COUNT }, { "frees", VALUE_COUNT },
		{ "purges", VALUE_COUNT }, { "purged", VALUE_COUNT }, { "lost", VALUE_COUNT } } },
	{ "calls", RECORD_CALLS, {
		{ "cell", VALUE_TEXT }, { "load", VALUE_COUNT }, { "probe", VALUE_PROBE, .optional = true },
		{ "call", VALUE_TEXT }, { "count", VALUE_COUNT }, { "sum_ns", VALUE_COUNT },
		{ "max_ns", VALUE_COUNT }, { "buckets", VALUE_BUCKETS } } },
	{ "memory", RECORD_MEMORY, {
		{ "cell", VALUE_TEXT }, { "load", VALUE_COUNT }, { "probe", VALUE_PROBE, .optional = true },
		{ "areas", VALUE_COUNT }, { "page_bytes", VALUE_COUNT }, { "totals", VALUE_LIST, total_keys },
		{ "caches", VALUE_LIST, cache_keys } } },
	{ "sampler", RECORD_SAMPLER, {
		{ "event", VALUE_TEXT }, { "hz", VALUE_COUNT }, { "cpus", VALUE_COUNT },
		{ "refused", VALUE_LIST, refused_event_keys } } },
	{ "samples", RECORD_SAMPLES, {
		{ "cell", VALUE_TEXT }, { "load", VALUE_COUNT }, { "event", VALUE_TEXT },
		{ "samples", VALUE_COUNT }, { "lost", VALUE_COUNT }, { "throttled", VALUE_COUNT },
		{ "names", VALUE_NAMES }, { "stacks", VALUE_STACKS } } },
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

static bool is_probe(const json_t *value)
{
	static const char *const probes[] = { "off", "loaded", "attached", NULL };

	return json_is_string(value) && g_strv_contains(probes, json_string_value(value));
}

/* [lo_ns, count] as bpf/hist.h has them, not below @lowest_ns. */
static bool is_bucket(const json_t *pair, guint64 lowest_ns)
{
	const json_t *lo = json_array_get(pair, 0), *count = json_array_get(pair, 1);
	guint64 lo_ns = json_integer_value(lo);

	return json_array_size(pair) == 2 && is_count(lo) && is_count(count) && json_integer_value(count) > 0 &&
	       lo_ns >= lowest_ns && hist_low(hist_index(lo_ns)) == lo_ns;
}

static bool are_buckets(const json_t *list)
{
	guint64 lowest_ns = 0;
	const json_t *pair;
	size_t i;

	json_array_foreach((json_t *)list, i, pair) {
		if (!is_bucket(pair, lowest_ns))
			return false;
		lowest_ns = json_integer_value(json_array_get(pair, 0)) + 1;
	}
	return json_is_array(list);
}

/* One for each moment. */
static bool are_moments(const json_t *list)
{
	const json_t *value;
	size_t i;

	json_array_foreach((json_t *)list, i, value) {
		if (!is_count(value) || json_integer_value(value) > RECORD_MOMENT_MAX)
			return false;
	}
	return json_array_size(list) == WIRE_MOMENTS;
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
	case VALUE_PROBE:
		return is_probe(value);
	case VALUE_BUCKETS:
		return are_buckets(value);
	case VALUE_MOMENTS:
		return are_moments(value);
	case VALUE_NAMES:
		return record_samples_are_names(value);
	case VALUE_STACKS:
		return record_samples_are_stacks(value);
	case VALUE_TEXTS:
	case VALUE_LIST:
		return json_is_array(value) && json_array_size(value) <= RECORD_ENTRIES_MAX;
	}
	return false;
}

static json_t *clean_value(const struct key *key, const json_t *value);

/* A copy of @from with the @keys only. On failure NULL, and *ret_bad is the key that is wrong or missing. */
static json_t *clean_object(const struct key *keys, const json_t *from, const struct key **ret_bad)
{
	g_autojson clean = json_object();

	for (; keys->name; keys++) {
		const json_t *value = json_object_get(from, keys->name);
		json_t *copy;

		if (!value && keys->optional)
			continue;
		copy = value ? clean_value(keys, value) : NULL;
		if (!copy) {
			*ret_bad = keys;
			return NULL;
		}
		json_object_set_new(clean, keys->name, copy);
	}
	return json_incref(clean);
}

static json_t *clean_list(const struct key *key, const json_t *list)
{
	static const struct key text = { "", VALUE_TEXT };
	g_autojson clean = json_array();
	const struct key *bad;
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry) {
		json_t *copy = key->entry ? clean_object(key->entry, entry, &bad) : clean_value(&text, entry);

		if (!copy)
			return NULL;
		json_array_append_new(clean, copy);
	}
	return json_incref(clean);
}

/* NULL when @value is not what @key wants. */
static json_t *clean_value(const struct key *key, const json_t *value)
{
	g_autofree char *plain = NULL;

	if (!value_fits(key->type, value))
		return NULL;
	if (key->type == VALUE_LIST || key->type == VALUE_TEXTS)
		return clean_list(key, value);
	if (!json_is_string(value))
		return json_incref((json_t *)value);
	plain = text_make_plain(json_string_value(value));
	return json_string(plain);
}

/* NULL, or what is wrong between the keys. */
static const char *check_hist(const json_t *hist)
{
	guint64 left = json_integer_value(json_object_get(hist, "count"));
	const json_t *pair;
	size_t i;

	json_array_foreach(json_object_get(hist, "buckets"), i, pair) {
		guint64 count = json_integer_value(json_array_get(pair, 1));

		if (count > left)
			return "more in its \"buckets\" than its \"count\" says";
		left -= count;
	}
	return left == 0 ? NULL : "less in its \"buckets\" than its \"count\" says";
}

static const char *check_trace(const json_t *trace)
{
	bool off = !strcmp(json_text(trace, "state"), "off");

	return off || json_object_get(trace, "collectors") ? NULL : "no \"collectors\"";
}

static bool is_from_one_to(const json_t *object, const char *key, json_int_t most)
{
	json_int_t number = json_integer_value(json_object_get(object, key));

	return number >= 1 && number <= most;
}

/* What figures are divided by, and multiplied with. */
static const char *check_memory(const json_t *memory)
{
	const json_t *cache;
	size_t i;

	if (json_array_size(json_object_get(memory, "caches")) > RECORD_CACHES_MAX)
		return "more caches than a kernel has";
	json_array_foreach(json_object_get(memory, "caches"), i, cache) {
		if (!is_from_one_to(cache, "object_bytes", RECORD_MOMENT_MAX) ||
		    !is_from_one_to(cache, "slab_objects", RECORD_MOMENT_MAX) ||
		    !is_from_one_to(cache, "slab_pages", RECORD_SLAB_PAGES_MAX))
			return "a cache whose slabs cannot be";
	}
	if (!is_from_one_to(memory, "page_bytes", RECORD_PAGE_BYTES_MAX))
		return "pages that cannot be";
	return is_from_one_to(memory, "areas", G_MAXINT32) ? NULL : "no areas";
}

static const struct {
	enum record_kind kind;
	const char *(*check)(const json_t *clean);
} checks[] = {
	{ RECORD_TRACE, check_trace },
	{ RECORD_HIST, check_hist },
	{ RECORD_CALLS, check_hist },
	{ RECORD_MEMORY, check_memory },
	{ RECORD_SAMPLES, record_samples_check },
};

static bool check_whole(const struct kind *kind, const json_t *clean, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
		const char *wrong = checks[i].kind == kind->kind ? checks[i].check(clean) : NULL;

		if (!wrong)
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_KERNEL, "its \"%s\" record has %s", kind->name,
			    wrong);
		return false;
	}
	return true;
}

static bool take_keys(const struct kind *kind, const json_t *from, struct record *ret_record, GError **error)
{
	const struct key *bad = NULL;
	g_autojson clean = clean_object(kind->keys, from, &bad);

	if (!clean) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_KERNEL, "its \"%s\" record has a %s \"%s\"",
			    kind->name, json_object_get(from, bad->name) ? "wrong" : "missing", bad->name);
		return false;
	}
	if (!check_whole(kind, clean, error))
		return false;
	ret_record->kind = kind->kind;
	ret_record->json = json_pack("{s:s}", "t", kind->name);
	json_object_update(ret_record->json, clean);
	return true;
}

static bool parse_kind(const json_t *json, struct record *ret_record, GError **error)
{
	const char *name = json_text(json, "t");

	for (size_t i = 0; name && i < G_N_ELEMENTS(kinds); i++) {
		if (!strcmp(kinds[i].name, name))
			return take_keys(&kinds[i], json, ret_record, error);
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
