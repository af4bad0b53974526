/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line of a module in the kernel's log, cut into words at blanks, one after the other. Pure. */
struct words {
	const char *p;
	const char *limit;
};

/* The words of @text behind the name of the module, which ours always says, and others in some kernels. */
struct words words_of(const char *text, size_t length);

/* False at the end of the line. */
bool words_next(struct words *w, const char **ret_word, size_t *ret_length);

/* Whether the next one is @word; it is passed over in any case. */
bool words_skip(struct words *w, const char *word);

bool word_is(const char *word, size_t length, const char *text);

/* A decimal number of 64 bits, and nothing else. */
bool word_number(const char *word, size_t length, uint64_t *ret);
