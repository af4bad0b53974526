// SPDX-License-Identifier: GPL-2.0-only
#include "runners/profile/line-set.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256

/* What a slot holds: the number of the line, of which the upper bits are free, and what is known of it. */
#define SEEN (1ull << 63)
#define WRITTEN (1ull << 62)
#define CODE (1ull << 61)
#define LINE(slot) ((slot) & ~(SEEN | WRITTEN))

void line_set_release(struct line_set *s)
{
	free(s->slots);
	*s = (struct line_set){ 0 };
}

void line_set_reset(struct line_set *s)
{
	if (s->used > 0)
		memset(s->slots, 0, s->size * sizeof(*s->slots));
	memset(s->lines, 0, sizeof(s->lines));
	s->used = 0;
}

/* The slot of @line: its own, or the free one where it belongs. There is always a free one. */
static uint64_t *find(const struct line_set *s, uint64_t line)
{
	size_t i = line * 0x9e3779b97f4a7c15ull >> 32 & (s->size - 1);

	while (s->slots[i] && LINE(s->slots[i]) != line)
		i = (i + 1) & (s->size - 1);
	return &s->slots[i];
}

static bool grow(struct line_set *s)
{
	struct line_set larger = { .size = s->size ? 2 * s->size : FIRST_SIZE };

	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < s->size; i++) {
		if (s->slots[i])
			*find(&larger, LINE(s->slots[i])) = s->slots[i];
	}
	free(s->slots);
	s->slots = larger.slots;
	s->size = larger.size;
	return true;
}

/* The slot of @line, which is in the set now; NULL without memory. *ret_fresh: it was not before. */
static uint64_t *take(struct line_set *s, uint64_t line, bool *ret_fresh)
{
	uint64_t *slot;

	if (4 * (s->used + 1) > 3 * s->size && !grow(s))
		return NULL;
	slot = find(s, line);
	*ret_fresh = !*slot;
	s->used += *ret_fresh;
	if (*ret_fresh)
		*slot = line | SEEN;
	return slot;
}

bool line_set_add_data(struct line_set *s, uint64_t address, size_t bytes, bool written, bool stack)
{
	uint64_t last = (address + bytes - 1) / LINE_BYTES;

	for (uint64_t line = address / LINE_BYTES; line <= last; line++) {
		bool fresh;
		uint64_t *slot = take(s, line, &fresh);

		if (!slot)
			return false;
		s->lines[LINE_DATA] += fresh;
		s->lines[LINE_STACK] += fresh && stack;
		s->lines[LINE_WRITTEN] += written && !(*slot & WRITTEN);
		if (written)
			*slot |= WRITTEN;
	}
	return true;
}

bool line_set_add_code(struct line_set *s, uint64_t address, size_t bytes)
{
	uint64_t last = (address + bytes - 1) / LINE_BYTES;

	for (uint64_t line = address / LINE_BYTES; line <= last; line++) {
		bool fresh;

		if (!take(s, line | CODE, &fresh))
			return false;
		s->lines[LINE_CODE] += fresh;
	}
	return true;
}
