// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/begins.h"

#include <stdlib.h>

struct begin {
	uint64_t object;
	uint64_t task;
	uint64_t ns;
	bool used;
};

/* Open addressing, at most half full. */
struct begins {
	size_t capacity;
	size_t count;
	size_t mask;
	struct begin slots[];
};

struct begins *begins_new(size_t capacity)
{
	struct begins *b;
	size_t slots = 2;

	while (slots < 2 * capacity)
		slots *= 2;
	b = calloc(1, sizeof(*b) + slots * sizeof(b->slots[0]));
	if (b) {
		b->capacity = capacity;
		b->mask = slots - 1;
	}
	return b;
}

void begins_free(struct begins *b)
{
	free(b);
}

/* Fibonacci hashing: addresses of areas differ in their middle bits only. */
static size_t home(const struct begins *b, uint64_t object, uint64_t task)
{
	return (size_t)(((object ^ (task << 40)) * 0x9e3779b97f4a7c15ULL) >> 32) & b->mask;
}

/* Where it is, or the free slot where it would be. */
static size_t find(const struct begins *b, uint64_t object, uint64_t task)
{
	size_t i = home(b, object, task);

	while (b->slots[i].used && (b->slots[i].object != object || b->slots[i].task != task))
		i = (i + 1) & b->mask;
	return i;
}

bool begins_put(struct begins *b, uint64_t object, uint64_t task, uint64_t ns)
{
	struct begin *slot = &b->slots[find(b, object, task)];

	if (!slot->used && b->count == b->capacity)
		return false;
	b->count += !slot->used;
	*slot = (struct begin){ object, task, ns, true };
	return true;
}

/* Those behind an emptied slot that were pushed over it by others move up, so that they are found. */
static void close_gap(struct begins *b, size_t gap)
{
	size_t i = gap;

	for (;;) {
		size_t from;

		i = (i + 1) & b->mask;
		if (!b->slots[i].used)
			return;
		from = home(b, b->slots[i].object, b->slots[i].task);
		if (((i - from) & b->mask) < ((i - gap) & b->mask))
			continue;
		b->slots[gap] = b->slots[i];
		b->slots[i].used = false;
		gap = i;
	}
}

bool begins_take(struct begins *b, uint64_t object, uint64_t task, uint64_t *ret_ns)
{
	size_t i = find(b, object, task);

	if (!b->slots[i].used)
		return false;
	*ret_ns = b->slots[i].ns;
	b->slots[i].used = false;
	b->count--;
	close_gap(b, i);
	return true;
}
