// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/words.h"

#include "runners/wire.h"

#include <string.h>

static size_t module_length(const char *text, size_t length)
{
	static const char *const modules[] = { WIRE_MODULE_TEST ": ", WIRE_MODULE_LOAD ": " };
	size_t i;

	for (i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (length >= strlen(modules[i]) && memcmp(text, modules[i], strlen(modules[i])) == 0)
			return strlen(modules[i]);
	return 0;
}

struct words words_of(const char *text, size_t length)
{
	return (struct words){ text + module_length(text, length), text + length };
}

bool words_next(struct words *w, const char **ret_word, size_t *ret_length)
{
	while (w->p < w->limit && *w->p == ' ')
		w->p++;
	*ret_word = w->p;
	while (w->p < w->limit && *w->p != ' ')
		w->p++;
	*ret_length = (size_t)(w->p - *ret_word);
	return *ret_length > 0;
}

bool words_skip(struct words *w, const char *word)
{
	const char *next;
	size_t length;

	return words_next(w, &next, &length) && word_is(next, length, word);
}

bool word_is(const char *word, size_t length, const char *text)
{
	return length == strlen(text) && memcmp(word, text, length) == 0;
}

bool word_number(const char *word, size_t length, uint64_t *ret)
{
	size_t i;

	*ret = 0;
	for (i = 0; i < length; i++) {
		if (word[i] < '0' || word[i] > '9')
			return false;
		if (__builtin_mul_overflow(*ret, 10, ret) ||
		    __builtin_add_overflow(*ret, (uint64_t)(word[i] - '0'), ret))
			return false;
	}
	return length > 0;
}
