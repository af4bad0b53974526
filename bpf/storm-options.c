// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/storm.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool check_pages(struct storm_options *o, char *why, size_t size)
{
	const struct storm_kind *k = o->kind;

	if (k->pages_max == 0) {
		if (o->pages == 0)
			return true;
		snprintf(why, size,
			 "%s takes no number of pages: the kernel alone decides how large its areas are.",
			 k->name);
		return false;
	}
	if (o->pages == 0)
		o->pages = k->pages_default;
	if (o->pages >= k->pages_min && o->pages <= k->pages_max &&
	    (!k->pages_power_of_two || (o->pages & (o->pages - 1)) == 0))
		return true;
	snprintf(why, size, "%s takes %u to %u pages%s, not %u.", k->name, k->pages_min, k->pages_max,
		 k->pages_power_of_two ? ", a power of two" : "", o->pages);
	return false;
}

/* The areas that are alive take half of the memory limit at most; what is being freed has the rest. */
static bool check_live(struct storm_options *o, char *why, size_t size)
{
	uint64_t pages = (uint64_t)o->threads * (o->pages + o->kind->pages_overhead);
	uint64_t most = (uint64_t)o->memory_mib * 128 / pages;

	if (o->live == 0 && most > 0)
		o->live = most < o->kind->live_default ? (uint32_t)most : o->kind->live_default;
	if (o->live >= 1 && o->live <= most && o->live <= STORM_LIVE_MAX)
		return true;
	snprintf(why, size,
		 "%u threads of %s may hold 1 to %llu areas each with a memory limit of %u MiB, not %u: raise "
		 "the limit, or use fewer threads, pages or live areas.",
		 o->threads, o->kind->name, (unsigned long long)(most < STORM_LIVE_MAX ? most : STORM_LIVE_MAX),
		 o->memory_mib, o->live);
	return false;
}

bool storm_check(struct storm_options *o, char *why, size_t size)
{
	if (o->threads < 1 || o->threads > STORM_THREADS_MAX) {
		snprintf(why, size, "A load has 1 to %u threads, not %u.", STORM_THREADS_MAX, o->threads);
		return false;
	}
	if (o->memory_mib == 0)
		o->memory_mib = STORM_MEMORY_MIB;
	if (o->memory_mib > STORM_MEMORY_MIB_MAX) {
		snprintf(why, size, "A load's memory limit is %u MiB at most, not %u.", STORM_MEMORY_MIB_MAX,
			 o->memory_mib);
		return false;
	}
	return check_pages(o, why, size) && check_live(o, why, size);
}

static const struct word {
	const char *name;
	size_t offset;
	size_t bytes;
	uint64_t max;
} words_known[] = {
	{ "ops", offsetof(struct storm_options, ops), sizeof(uint64_t), INT64_MAX },
	{ "rate", offsetof(struct storm_options, rate), sizeof(uint64_t), INT64_MAX },
	{ "pages", offsetof(struct storm_options, pages), sizeof(uint32_t), UINT32_MAX },
	{ "live", offsetof(struct storm_options, live), sizeof(uint32_t), UINT32_MAX },
	{ "memory_mib", offsetof(struct storm_options, memory_mib), sizeof(uint32_t), UINT32_MAX },
};

static const struct word *find_word(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(words_known) / sizeof(words_known[0]); i++)
		if (strlen(words_known[i].name) == length && memcmp(words_known[i].name, text, length) == 0)
			return &words_known[i];
	return NULL;
}

/* A decimal number that fills the @length bytes at @text. */
static bool parse_number(const char *text, size_t length, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < length; i++) {
		uint64_t digit = (uint64_t)(text[i] - '0');

		if (!isdigit((unsigned char)text[i]) || number > (max - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*ret_number = number;
	return length > 0;
}

static bool take_word(const char *text, size_t length, struct storm_options *options)
{
	size_t name_length = strcspn(text, "= ");
	const struct word *word = find_word(text, name_length);
	char *field = (char *)options + (word ? word->offset : 0);
	uint64_t number;
	uint32_t narrow;

	if (!word || name_length >= length ||
	    !parse_number(text + name_length + 1, length - name_length - 1, word->max, &number))
		return false;
	narrow = (uint32_t)number;
	if (word->bytes == sizeof(number))
		memcpy(field, &number, sizeof(number));
	else
		memcpy(field, &narrow, sizeof(narrow));
	return true;
}

bool storm_parse(const char *words, struct storm_options *options, char *why, size_t size)
{
	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		size_t length = strcspn(words, " ");

		if (!take_word(words, length, options)) {
			snprintf(why, size,
				 "\"%.*s\" is no parameter of a storm; expected ops=, pages=, live=, rate= or "
				 "memory_mib= with a whole number.",
				 length < 60 ? (int)length : 60, words);
			return false;
		}
		words += length;
	}
	return true;
}
