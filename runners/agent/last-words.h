/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runners/agent/kmsg.h"

#include <stddef.h>

#define LAST_WORDS 3
#define LAST_WORD_MAX 240

/* The last records of the kernel's log, for a load that fails. Zeroes are none. */
struct last_words {
	char words[LAST_WORDS][LAST_WORD_MAX];
	unsigned int count;
};

void last_words_keep(struct last_words *last, const struct kmsg_record *record);

/* Appends " The kernel says: " with them to the text of @used bytes in @text; nothing where there are none. */
void last_words_append(const struct last_words *last, char *text, size_t size, size_t used);
