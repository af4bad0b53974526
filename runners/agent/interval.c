// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/interval.h"

#include <stdbool.h>
#include <string.h>

/* What is subtracted of each kind of record. */
static const struct kind {
	const char *t;
	const char *name;	/* the key that tells two records of the kind apart, or NULL */
	const char *counts[8];
} kinds[] = {
	{ "hist", "function", { "count", "sum_ns", "lost", "unpaired", NULL } },
	{ "lock", "lock", { "waits", "wait_ns", "lost", NULL } },
	{ "events", NULL, { "allocs", "failed", "frees", "purges", "purged", "lost", NULL } },
};

static const char *const caller_counts[] = { "samples", "waits", "wait_ns", NULL };

static bool same_text(const json_t *a, const json_t *b, const char *key)
{
	const char *first = json_string_value(json_object_get(a, key));
	const char *second = json_string_value(json_object_get(b, key));

	return first && second && strcmp(first, second) == 0;
}

static const struct kind *kind_of(const json_t *record)
{
	const char *t = json_string_value(json_object_get(record, "t"));
	size_t i;

	for (i = 0; t && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].t, t) == 0)
			return &kinds[i];
	return NULL;
}

/* The entry of @list that is of the kind and name of @entry, or NULL. @name NULL: the same kind is enough. */
static const json_t *find_same(const json_t *list, const json_t *entry, const char *kind, const char *name)
{
	const json_t *other;
	size_t i;

	json_array_foreach((json_t *)list, i, other) {
		if ((!kind || same_text(other, entry, kind)) && (!name || same_text(other, entry, name)))
			return other;
	}
	return NULL;
}

static json_int_t count_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void subtract(json_t *from, const json_t *before, const char *const *counts)
{
	for (; before && *counts; counts++)
		json_object_set_new(from, *counts,
				    json_integer(count_of(from, *counts) - count_of(before, *counts)));
}

static json_int_t bucket_part(const json_t *buckets, size_t index, size_t part)
{
	return json_integer_value(json_array_get(json_array_get(buckets, index), part));
}

/* Both lists ascend. */
static json_t *subtract_buckets(const json_t *before, const json_t *after)
{
	json_t *left = json_array();
	size_t i, b = 0;

	for (i = 0; i < json_array_size(after); i++) {
		json_int_t lo = bucket_part(after, i, 0), count = bucket_part(after, i, 1);

		while (b < json_array_size(before) && bucket_part(before, b, 0) < lo)
			b++;
		if (bucket_part(before, b, 0) == lo)
			count -= bucket_part(before, b, 1);
		if (count)
			json_array_append_new(left, json_pack("[I, I]", lo, count));
	}
	return left;
}

static json_int_t sum_of(const json_t *callers, const char *key)
{
	const json_t *caller;
	json_int_t sum = 0;
	size_t i;

	json_array_foreach((json_t *)callers, i, caller)
		sum += count_of(caller, key);
	return sum;
}

/* Shares of @whole in proportion to what the callers have; they add up to it, rounded towards the last. */
static void share(json_t *callers, const char *key, json_int_t whole)
{
	json_int_t total = sum_of(callers, key), below = 0;
	json_t *caller;
	size_t i;

	json_array_foreach(callers, i, caller) {
		json_int_t upto = below + count_of(caller, key);
		__int128 wide = whole;

		if (total)
			json_object_set_new(caller, key, json_integer((json_int_t)(wide * upto / total) -
								      (json_int_t)(wide * below / total)));
		below = upto;
	}
}

/* @lock is the record of the interval. */
static json_t *subtract_callers(const json_t *before, const json_t *after, const json_t *lock)
{
	static const char *const estimates[] = { "waits", "wait_ns" };
	json_t *left = json_array();
	const json_t *caller;
	size_t i;

	json_array_foreach((json_t *)after, i, caller) {
		json_t *one = json_copy((json_t *)caller);

		subtract(one, find_same(before, caller, NULL, "site"), caller_counts);
		/* What a caller has is estimated from all samples so far, and may be less than it was. */
		for (size_t e = 0; e < sizeof(estimates) / sizeof(estimates[0]); e++)
			if (count_of(one, estimates[e]) < 0)
				json_object_set_new(one, estimates[e], json_integer(0));
		if (count_of(one, "waits") || count_of(one, "samples"))
			json_array_append(left, one);
		json_decref(one);
	}
	for (i = 0; i < sizeof(estimates) / sizeof(estimates[0]); i++)
		share(left, estimates[i], count_of(lock, estimates[i]));
	return left;
}

static json_t *record_between(const struct kind *kind, const json_t *before, const json_t *after)
{
	json_t *record = json_copy((json_t *)after);
	const json_t *buckets = json_object_get(after, "buckets");
	const json_t *callers = json_object_get(after, "callers");

	subtract(record, before, kind->counts);
	if (buckets)
		json_object_set_new(record, "buckets",
				    subtract_buckets(json_object_get(before, "buckets"), buckets));
	if (callers)
		json_object_set_new(record, "callers",
				    subtract_callers(json_object_get(before, "callers"), callers, record));
	return record;
}

json_t *interval_between(const json_t *before, const json_t *after)
{
	json_t *records = json_array();
	const json_t *record;
	size_t i;

	json_array_foreach((json_t *)after, i, record) {
		const struct kind *kind = kind_of(record);
		const json_t *then = kind ? find_same(before, record, "t", kind->name) : NULL;

		if (kind)
			json_array_append_new(records, record_between(kind, then, record));
	}
	return records;
}
