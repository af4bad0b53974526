// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/last-words.h"

#include <stdio.h>
#include <string.h>

void last_words_keep(struct last_words *last, const struct kmsg_record *record)
{
	char *word = last->words[last->count % LAST_WORDS];
	size_t n = record->length < LAST_WORD_MAX - 1 ? record->length : LAST_WORD_MAX - 1;

	memcpy(word, record->text, n);
	word[n] = '\0';
	last->count++;
}

void last_words_append(const struct last_words *last, char *text, size_t size, size_t used)
{
	unsigned int first = last->count > LAST_WORDS ? last->count - LAST_WORDS : 0;
	unsigned int i;

	for (i = first; i < last->count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 i == first ? " The kernel says: " : "; ", last->words[i % LAST_WORDS]);
}
