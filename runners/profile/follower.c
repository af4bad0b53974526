// SPDX-License-Identifier: GPL-2.0-only
#include "runners/profile/follower.h"

#include <stdlib.h>
#include <string.h>

/* THREAD_SIZE of x86_64 without KASAN; a stack is aligned to it. */
#define STACK_BYTES 16384

/* Calls of watched functions within each other; any more are lost. */
#define OPEN_MAX 16

struct open_call {
	size_t function;
	uint64_t slot;
	unsigned int depth;	/* of interrupts, when it was entered */
	uint64_t instructions;	/* until the clock was last stopped */
	bool broken;		/* no memory for its lines */
	struct line_set lines;
};

struct stack {
	uint64_t id;		/* address / STACK_BYTES */
	unsigned int depth;	/* of interrupts that began on it and have not ended */
	uint64_t *slots;	/* where return addresses are, the innermost last */
	size_t slots_count, slots_size;
	struct open_call *open;	/* OPEN_MAX, of which all have line sets */
	size_t open_count;
};

struct follower {
	uint64_t (*now)(void);
	struct stack *stacks;	/* hash table by id; 0 is free */
	size_t stacks_size, stacks_used;
	struct stack *current;	/* NULL: not known */
	uint64_t since;		/* when it began to run, or was last settled */
	struct follower_figures *figures;
	size_t functions;
};

struct follower *follower_new(size_t functions, uint64_t (*now)(void))
{
	struct follower *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->now = now;
	c->functions = functions;
	c->stacks_size = 256;
	c->stacks = calloc(c->stacks_size, sizeof(*c->stacks));
	c->figures = calloc(functions + 1, sizeof(*c->figures));
	if (c->stacks && c->figures)
		return c;
	follower_free(c);
	return NULL;
}

static void stack_release(struct stack *s)
{
	for (size_t i = 0; s->open && i < OPEN_MAX; i++)
		line_set_release(&s->open[i].lines);
	free(s->open);
	free(s->slots);
}

static void figures_reset(struct follower_figures *f)
{
	for (int kind = 0; kind < LINE_KINDS; kind++)
		free(f->lines[kind].calls);
	*f = (struct follower_figures){ 0 };
}

void follower_reset(struct follower *c)
{
	for (size_t i = 0; i < c->functions; i++)
		figures_reset(&c->figures[i]);
}

void follower_free(struct follower *c)
{
	if (!c)
		return;
	for (size_t i = 0; c->stacks && i < c->stacks_size; i++)
		stack_release(&c->stacks[i]);
	if (c->figures)
		follower_reset(c);
	free(c->stacks);
	free(c->figures);
	free(c);
}

static struct stack *find(struct stack *stacks, size_t size, uint64_t id)
{
	size_t i = id * 0x9e3779b97f4a7c15ull >> 32 & (size - 1);

	while (stacks[i].id && stacks[i].id != id)
		i = (i + 1) & (size - 1);
	return &stacks[i];
}

static bool grow(struct follower *c)
{
	size_t size = 2 * c->stacks_size;
	struct stack *larger = calloc(size, sizeof(*larger));
	uint64_t current = c->current ? c->current->id : 0;

	if (!larger)
		return false;
	for (size_t i = 0; i < c->stacks_size; i++) {
		if (c->stacks[i].id)
			*find(larger, size, c->stacks[i].id) = c->stacks[i];
	}
	free(c->stacks);
	c->stacks = larger;
	c->stacks_size = size;
	c->current = current ? find(larger, size, current) : NULL;
	return true;
}

/* The stack of @address; NULL without memory. */
static struct stack *stack_at(struct follower *c, uint64_t address)
{
	uint64_t id = address / STACK_BYTES;
	struct stack *s;

	if (c->current && c->current->id == id)
		return c->current;
	if (2 * (c->stacks_used + 1) > c->stacks_size && !grow(c))
		return NULL;
	s = find(c->stacks, c->stacks_size, id);
	c->stacks_used += !s->id;
	s->id = id;
	return s;
}

static bool runs(const struct stack *s, const struct open_call *o)
{
	return o->depth == s->depth;
}

/* Gives the instructions since the last time to the calls that ran. */
static void settle(struct follower *c, uint64_t now)
{
	for (size_t i = 0; c->current && i < c->current->open_count; i++) {
		struct open_call *o = &c->current->open[i];

		if (runs(c->current, o))
			o->instructions += now - c->since;
	}
	c->since = now;
}

static void run_on(struct follower *c, struct stack *s, uint64_t now)
{
	if (c->current == s)
		return;
	settle(c, now);
	c->current = s;
}

static bool push(struct stack *s, uint64_t slot)
{
	if (s->slots_count == s->slots_size) {
		size_t size = s->slots_size ? 2 * s->slots_size : 64;
		uint64_t *more = realloc(s->slots, size * sizeof(*more));

		if (!more)
			return false;
		s->slots = more;
		s->slots_size = size;
	}
	s->slots[s->slots_count++] = slot;
	return true;
}

/* What stood at @slot or was called from there has ended. */
static void pop(struct stack *s, uint64_t slot)
{
	while (s->slots_count > 0 && s->slots[s->slots_count - 1] <= slot)
		s->slots_count--;
}

static bool tally_add(struct follower_tally *t, size_t lines)
{
	if (lines >= t->size) {
		size_t size = 2 * lines + 16;
		uint64_t *more = realloc(t->calls, size * sizeof(*more));

		if (!more)
			return false;
		memset(more + t->size, 0, (size - t->size) * sizeof(*more));
		t->calls = more;
		t->size = size;
	}
	t->calls[lines]++;
	return true;
}

static void count(struct follower *c, const struct open_call *o)
{
	struct follower_figures *f = &c->figures[o->function];
	bool ok = !o->broken;

	for (int kind = 0; ok && kind < LINE_KINDS; kind++)
		ok = tally_add(&f->lines[kind], o->lines.lines[kind]);
	f->lost += !ok;
	f->calls += ok;
	f->instructions += ok ? o->instructions : 0;
}

static void close_up_to(struct follower *c, struct stack *s, uint64_t slot)
{
	while (s->open_count > 0 && s->open[s->open_count - 1].slot <= slot)
		count(c, &s->open[--s->open_count]);
}

void follower_call(struct follower *c, uint64_t slot)
{
	struct stack *s = stack_at(c, slot);

	if (!s)
		return;
	if (s != c->current)
		run_on(c, s, c->now());
	pop(s, slot);
	push(s, slot);
}

void follower_return(struct follower *c, uint64_t slot)
{
	struct stack *s = stack_at(c, slot);

	if (!s)
		return;
	if (s != c->current)
		run_on(c, s, c->now());
	pop(s, slot);
	if (s->open_count == 0 || s->open[s->open_count - 1].slot > slot)
		return;
	settle(c, c->now());
	close_up_to(c, s, slot);
}

/* Jumped to its own beginning: it is still the same call. */
static bool is_open(const struct stack *s, size_t function, uint64_t slot)
{
	for (size_t i = 0; i < s->open_count; i++) {
		if (s->open[i].function == function && s->open[i].slot == slot)
			return true;
	}
	return false;
}

static struct open_call *open_next(struct stack *s)
{
	if (!s->open)
		s->open = calloc(OPEN_MAX, sizeof(*s->open));
	return s->open && s->open_count < OPEN_MAX ? &s->open[s->open_count] : NULL;
}

void follower_enter(struct follower *c, size_t function)
{
	struct stack *s = c->current;
	struct open_call *o = s && s->slots_count > 0 ? open_next(s) : NULL;
	struct line_set lines;

	if (!o) {
		c->figures[function].lost++;
		return;
	}
	if (is_open(s, function, s->slots[s->slots_count - 1]))
		return;
	settle(c, c->now());
	lines = o->lines;
	line_set_reset(&lines);
	*o = (struct open_call){
		.function = function,
		.slot = s->slots[s->slots_count - 1],
		.depth = s->depth,
		.lines = lines,
	};
	s->open_count++;
}

void follower_interrupt(struct follower *c)
{
	if (!c->current)
		return;
	settle(c, c->now());
	c->current->depth++;
}

void follower_iret(struct follower *c)
{
	/* To user space after a system call: nothing was interrupted on this stack. */
	if (!c->current || c->current->depth == 0)
		return;
	/* The iret itself is the interrupt's. */
	settle(c, c->now() + 1);
	c->current->depth--;
}

void follower_switch(struct follower *c)
{
	run_on(c, NULL, c->now());
}

bool follower_open(const struct follower *c)
{
	return c->current && c->current->open_count > 0;
}

void follower_data(struct follower *c, uint64_t address, size_t bytes, bool written)
{
	struct stack *s = c->current;

	for (size_t i = 0; s && i < s->open_count; i++) {
		struct open_call *o = &s->open[i];

		if (runs(s, o) &&
		    !line_set_add_data(&o->lines, address, bytes, written, address / STACK_BYTES == s->id))
			o->broken = true;
	}
}

void follower_code(struct follower *c, uint64_t address, size_t bytes)
{
	struct stack *s = c->current;

	for (size_t i = 0; s && i < s->open_count; i++) {
		struct open_call *o = &s->open[i];

		if (runs(s, o) && !line_set_add_code(&o->lines, address, bytes))
			o->broken = true;
	}
}

const struct follower_figures *follower_figures(const struct follower *c, size_t function)
{
	return &c->figures[function];
}
