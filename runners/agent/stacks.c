// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/stacks.h"

#include "runners/wire.h"

#include <stdlib.h>
#include <string.h>

/* Different stacks that are kept until they are sent. */
#define STACKS_MAX 20000
/* Of these, those that are sent whole: what the line holds beside the names. */
#define LINE_BYTES_MAX 400000
#define NAME_BYTES_MAX 96
/* A number of at most four digits, and its comma; in front of a stack its brackets and a count. */
#define FRAME_BYTES 5
#define STACK_BYTES 24

/* Stacks that have lost callers: of each function two, one of the idle task and one of all others. */
#define CUT_MAX (2 * RECORD_NAMES_MAX)

#define NAME_SLOTS (4 * RECORD_NAMES_MAX)
#define STACK_SLOTS (4 * STACKS_MAX)

struct stack {
	uint64_t count;
	uint32_t frames;
	uint16_t *names; /* running function first */
};

struct stacks {
	char *names[RECORD_NAMES_MAX];
	size_t names_count;
	struct stack stacks[STACKS_MAX];
	size_t stacks_count;
	uint16_t name_slots[NAME_SLOTS]; /* index + 1; 0: empty */
	uint16_t stack_slots[STACK_SLOTS];
};

/* Names that are there from the beginning; the second is that of functions beyond the others. */
enum { NAME_CUT, NAME_OTHER, NAME_IDLE, NAMES_FIRST };

static const char *const first_names[NAMES_FIRST] = {
	[NAME_CUT] = STACKS_CUT,
	[NAME_OTHER] = "[other]",
	[NAME_IDLE] = STACKS_IDLE,
};

static uint32_t hash_bytes(const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;
	uint32_t hash = 2166136261u;

	while (length--)
		hash = (hash ^ *byte++) * 16777619u;
	return hash;
}

/* What the host takes for a name: short, printable, and nothing that ends a frame of a folded stack. */
static void make_plain(char plain[NAME_BYTES_MAX + 1], const char *name)
{
	size_t i;

	for (i = 0; i < NAME_BYTES_MAX && name[i]; i++)
		plain[i] = name[i] > ' ' && name[i] <= '~' && name[i] != ';' ? name[i] : '?';
	if (i == 0)
		plain[i++] = '?';
	plain[i] = '\0';
}

static bool add_name(struct stacks *s, const char *name)
{
	s->names[s->names_count] = strdup(name);
	return s->names[s->names_count] && ++s->names_count;
}

static size_t slot_of(const struct stacks *s, const char *name)
{
	size_t slot = hash_bytes(name, strlen(name)) % NAME_SLOTS;

	while (s->name_slots[slot] && strcmp(s->names[s->name_slots[slot] - 1], name) != 0)
		slot = (slot + 1) % NAME_SLOTS;
	return slot;
}

static void index_name(struct stacks *s, uint16_t name)
{
	s->name_slots[slot_of(s, s->names[name])] = (uint16_t)(name + 1);
}

static bool add_first_names(struct stacks *s)
{
	uint16_t i;

	for (i = 0; i < NAMES_FIRST; i++) {
		if (!add_name(s, first_names[i]))
			return false;
		index_name(s, i);
	}
	return true;
}

struct stacks *stacks_new(void)
{
	struct stacks *s = calloc(1, sizeof(*s));

	if (s && add_first_names(s))
		return s;
	stacks_free(s);
	return NULL;
}

static void drop(struct stacks *s, size_t names_kept)
{
	while (s->stacks_count)
		free(s->stacks[--s->stacks_count].names);
	while (s->names_count > names_kept)
		free(s->names[--s->names_count]);
}

void stacks_free(struct stacks *s)
{
	if (s)
		drop(s, 0);
	free(s);
}

void stacks_clear(struct stacks *s)
{
	uint16_t i;

	drop(s, NAMES_FIRST);
	memset(s->name_slots, 0, sizeof(s->name_slots));
	memset(s->stack_slots, 0, sizeof(s->stack_slots));
	for (i = 0; i < NAMES_FIRST; i++)
		index_name(s, i);
}

/* Of a name that no more room is left for, that of the others. False when there is no memory. */
static bool find_name(struct stacks *s, const char *name, uint16_t *ret_index)
{
	char plain[NAME_BYTES_MAX + 1];
	size_t slot;

	make_plain(plain, name);
	slot = slot_of(s, plain);
	*ret_index = s->name_slots[slot] ? s->name_slots[slot] - 1 : NAME_OTHER;
	if (s->name_slots[slot] || s->names_count == RECORD_NAMES_MAX)
		return true;
	if (!add_name(s, plain))
		return false;
	*ret_index = (uint16_t)(s->names_count - 1);
	index_name(s, *ret_index);
	return true;
}

/* The slot of that stack, or the empty one where it belongs. */
static uint16_t *find_stack(struct stacks *s, const uint16_t *names, size_t count)
{
	size_t slot = hash_bytes(names, count * sizeof(*names)) % STACK_SLOTS;

	for (; s->stack_slots[slot]; slot = (slot + 1) % STACK_SLOTS) {
		const struct stack *known = &s->stacks[s->stack_slots[slot] - 1];

		if (known->frames == count && memcmp(known->names, names, count * sizeof(*names)) == 0)
			break;
	}
	return &s->stack_slots[slot];
}

static bool add_stack(struct stacks *s, uint16_t *slot, const uint16_t *names, size_t count)
{
	struct stack *stack = &s->stacks[s->stacks_count];

	stack->names = malloc(count * sizeof(*names));
	if (!stack->names)
		return false;
	memcpy(stack->names, names, count * sizeof(*names));
	stack->frames = (uint32_t)count;
	stack->count = 1;
	*slot = (uint16_t)++s->stacks_count;
	return true;
}

/* Whether it is one of the CUT_MAX that room is kept for. */
static bool is_cut(const uint16_t *names, size_t count)
{
	return count >= 2 && names[1] == NAME_CUT && (count == 2 || (count == 3 && names[2] == NAME_IDLE));
}

/* Without its callers, but for the idle task, which they stand for. The new number of frames. */
static size_t cut(uint16_t *names, size_t count)
{
	bool idle = names[count - 1] == NAME_IDLE;

	names[1] = NAME_CUT;
	names[2] = NAME_IDLE;
	return idle ? 3 : 2;
}

bool stacks_add(struct stacks *s, const char *const *frames, size_t count)
{
	uint16_t names[RECORD_FRAMES_MAX] = { 0 };
	uint16_t *slot;
	size_t i;

	for (i = 0; i < count; i++)
		if (!find_name(s, frames[i], &names[i]))
			return false;
	slot = find_stack(s, names, count);
	/* What is cut finds room as long as its function's name does. */
	if (!*slot && s->stacks_count >= STACKS_MAX - CUT_MAX && !is_cut(names, count)) {
		count = cut(names, count);
		slot = find_stack(s, names, count);
	}
	if (!*slot)
		return s->stacks_count < STACKS_MAX && add_stack(s, slot, names, count);
	s->stacks[*slot - 1].count++;
	return true;
}

static int by_count(const void *a, const void *b)
{
	const struct stack *x = *(const struct stack *const *)a, *y = *(const struct stack *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x < y ? -1 : x > y;
}

static json_t *describe_stack(const struct stack *stack)
{
	json_t *list = json_array();
	size_t i;

	json_array_append_new(list, json_integer((json_int_t)stack->count));
	for (i = stack->frames; i > 0; i--)
		json_array_append_new(list, json_integer(stack->names[i - 1]));
	return list;
}

/* What became of the stacks that are not sent whole: for each function, how many of its samples. */
static void describe_cut(json_t *list, const uint64_t *cut)
{
	size_t i;

	for (i = 0; i < CUT_MAX; i++) {
		int name = (int)(i % RECORD_NAMES_MAX);
		json_int_t count = (json_int_t)cut[i];

		if (count && i < RECORD_NAMES_MAX)
			json_array_append_new(list, json_pack("[I, i, i]", count, NAME_CUT, name));
		else if (count)
			json_array_append_new(list,
					      json_pack("[I, i, i, i]", count, NAME_IDLE, NAME_CUT, name));
	}
}

static bool is_idle(const struct stack *stack)
{
	return stack->names[stack->frames - 1] == NAME_IDLE;
}

static json_t *describe_stacks(const struct stack *const *sorted, size_t count, uint64_t *cut)
{
	json_t *list = json_array();
	size_t bytes = 0, i;

	for (i = 0; i < count; i++) {
		const struct stack *stack = sorted[i];

		bytes += STACK_BYTES + stack->frames * FRAME_BYTES;
		if (bytes < LINE_BYTES_MAX && i < RECORD_STACKS_MAX - CUT_MAX)
			json_array_append_new(list, describe_stack(stack));
		else
			cut[stack->names[0] + is_idle(stack) * RECORD_NAMES_MAX] += stack->count;
	}
	describe_cut(list, cut);
	return list;
}

bool stacks_describe(const struct stacks *s, json_t *record)
{
	const struct stack **sorted = calloc(s->stacks_count + 1, sizeof(*sorted));
	uint64_t *cut = calloc(CUT_MAX, sizeof(*cut));
	json_t *names = json_array();
	uint64_t samples = 0;
	size_t i;

	if (sorted && cut) {
		for (i = 0; i < s->stacks_count; i++) {
			sorted[i] = &s->stacks[i];
			samples += s->stacks[i].count;
		}
		qsort(sorted, s->stacks_count, sizeof(*sorted), by_count);
		for (i = 0; i < s->names_count; i++)
			json_array_append_new(names, json_string(s->names[i]));
		json_object_set(record, "names", names);
		json_object_set_new(record, "stacks", describe_stacks(sorted, s->stacks_count, cut));
		json_object_set_new(record, "samples", json_integer((json_int_t)samples));
	}
	json_decref(names);
	free(sorted);
	free(cut);
	return json_object_get(record, "samples");
}
