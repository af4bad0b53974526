/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The different cache lines that something touched. */
#define LINE_BYTES 64

enum line_kind {
	LINE_DATA,		/* read or written, the stack's included */
	LINE_WRITTEN,		/* of these, written */
	LINE_STACK,		/* of these, the stack's */
	LINE_CODE,		/* fetched as instructions */
	LINE_KINDS,
};

struct line_set {
	uint64_t *slots;	/* a hash table; 0 is free */
	size_t size, used;
	unsigned int lines[LINE_KINDS];
};

void line_set_release(struct line_set *s);

/* Empties it and keeps its memory. */
void line_set_reset(struct line_set *s);

/*
 * Adds the lines of the @bytes at @address, as LINE_DATA with @written and @stack, or as LINE_CODE. False when
 * there is no memory.
 */
bool line_set_add_data(struct line_set *s, uint64_t address, size_t bytes, bool written, bool stack);
bool line_set_add_code(struct line_set *s, uint64_t address, size_t bytes);
