// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/calls.h"

#include "runners/agent/words.h"

#include <stdio.h>
#include <string.h>

static const char *const names[CALL_KINDS] = {
	[CALL_VMALLOC] = "vmalloc",
	[CALL_VFREE] = "vfree",
	[CALL_LOOKUP] = "lookup",
};

/* The call that the next word names, NULL when it names none. */
static struct call *next_call(struct calls *calls, struct words *w)
{
	const char *word;
	size_t length;
	unsigned int i;

	if (!words_next(w, &word, &length))
		return NULL;
	for (i = 0; i < CALL_KINDS; i++)
		if (word_is(word, length, names[i]))
			return &calls->kinds[i];
	return NULL;
}

static bool next_field(struct words *w, const char *name, uint64_t *ret)
{
	const char *word;
	size_t length;

	/* JSON's integers have a sign. */
	return words_skip(w, name) && words_next(w, &word, &length) && word_number(word, length, ret) &&
	       *ret <= INT64_MAX;
}

static bool take_latency(struct calls *calls, struct words *w)
{
	struct call *call = next_call(calls, w);

	if (!call || call->seen)
		return false;
	call->seen = true;
	return next_field(w, "count:", &call->count) && next_field(w, "sum_ns:", &call->sum_ns) &&
	       next_field(w, "max_ns:", &call->max_ns);
}

/* "896:1990", above all that came before it. */
static bool take_bucket(struct call *call, const char *word, size_t length)
{
	const char *colon = memchr(word, ':', length);
	size_t low_length = colon ? (size_t)(colon - word) : 0;
	uint64_t low, count;
	unsigned int index;

	if (!colon || !word_number(word, low_length, &low) ||
	    !word_number(colon + 1, length - low_length - 1, &count))
		return false;
	index = hist_index(low);
	if (hist_low(index) != low || index < call->next || count == 0 || count > call->count - call->counted)
		return false;
	call->buckets[index] = count;
	call->counted += count;
	call->next = index + 1;
	return true;
}

static bool take_buckets(struct calls *calls, struct words *w)
{
	struct call *call = next_call(calls, w);
	const char *word;
	size_t length;

	if (!call || !call->seen)
		return false;
	while (words_next(w, &word, &length))
		if (!take_bucket(call, word, length))
			return false;
	return true;
}

bool calls_feed(struct calls *calls, const char *text, size_t length)
{
	struct words w = words_of(text, length);
	const char *word;
	size_t word_length;

	if (!words_next(&w, &word, &word_length))
		return false;
	if (word_is(word, word_length, "Latency:"))
		calls->broken |= !take_latency(calls, &w);
	else if (word_is(word, word_length, "Buckets:"))
		calls->broken |= !take_buckets(calls, &w);
	else
		return false;
	return true;
}

bool calls_check(const struct calls *calls, char *why, size_t size)
{
	unsigned int i;

	if (calls->broken) {
		snprintf(why, size, "A line of the module's histograms is not as it must be.");
		return false;
	}
	for (i = 0; i < CALL_KINDS; i++) {
		const struct call *call = &calls->kinds[i];

		if (call->counted == call->count)
			continue;
		snprintf(why, size, "The module timed %llu calls of %s, and its buckets hold %llu.",
			 (unsigned long long)call->count, names[i], (unsigned long long)call->counted);
		return false;
	}
	return true;
}

static json_t *buckets_of(const struct call *call)
{
	json_t *buckets = json_array();
	unsigned int i;

	for (i = 0; i < HIST_BUCKETS; i++)
		if (call->buckets[i])
			json_array_append_new(buckets, json_pack("[I, I]", (json_int_t)hist_low(i),
								 (json_int_t)call->buckets[i]));
	return buckets;
}

static json_t *record_of(const struct call *call, const char *name)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "t", "calls", "call", name, "count",
			 (json_int_t)call->count, "sum_ns", (json_int_t)call->sum_ns, "max_ns",
			 (json_int_t)call->max_ns, "buckets", buckets_of(call));
}

json_t *calls_records(const struct calls *calls)
{
	json_t *records = json_array();
	unsigned int i;

	for (i = 0; i < CALL_KINDS; i++)
		if (calls->kinds[i].seen)
			json_array_append_new(records, record_of(&calls->kinds[i], names[i]));
	return records;
}
