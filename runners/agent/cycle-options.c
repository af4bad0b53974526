// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/cycle-options.h"

#include "runners/agent/words.h"

#include <stdio.h>
#include <string.h>

static const struct key {
	const char *name;
	size_t offset;
	uint32_t min;
	uint32_t max;
} keys[] = {
	{ "loops", offsetof(struct cycle_options, loops), 1, INT32_MAX },
	{ "pages", offsetof(struct cycle_options, pages), 1, 1 << 18 },
	{ "live", offsetof(struct cycle_options, live), 0, 1000000 },
	{ "leak", offsetof(struct cycle_options, leak), 0, 1000000 },
	{ "pressure", offsetof(struct cycle_options, pressure), 0, 1 },
};

static const struct key *find_key(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (word_is(name, length, keys[i].name))
			return &keys[i];
	return NULL;
}

static bool take_word(struct cycle_options *options, const char *word, size_t length)
{
	const char *equals = memchr(word, '=', length);
	size_t name_length = equals ? (size_t)(equals - word) : length;
	const struct key *key = find_key(word, name_length);
	uint64_t number;

	if (!key || !equals || !word_number(equals + 1, length - name_length - 1, &number) ||
	    number < key->min || number > key->max)
		return false;
	*(uint32_t *)((char *)options + key->offset) = (uint32_t)number;
	return true;
}

bool cycle_options_parse(const char *text, struct cycle_options *options, char *why, size_t size)
{
	struct words words = { text, text + strlen(text) };
	const char *word;
	size_t length;

	*options = (struct cycle_options){ .pages = CYCLE_PAGES };
	while (words_next(&words, &word, &length)) {
		if (take_word(options, word, length))
			continue;
		snprintf(why, size,
			 "\"%.*s\" is nothing that a load of modules knows, or out of range; expected loops=, "
			 "pages=, live=, leak= or pressure= with a whole number.",
			 length < 60 ? (int)length : 60, word);
		return false;
	}
	if (options->loops > 0)
		return true;
	snprintf(why, size, "A load of modules needs loops=N, the cycles of each worker.");
	return false;
}
