// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
	uint64_t address;
	uint32_t name;		/* offset in names */
	uint32_t rank;		/* of several at one address the highest is what it is called */
	bool text;
};

struct symbols {
	struct symbol *list;	/* by address; where addresses are hidden, in the kernel's order */
	size_t count;
	size_t room;
	char *names;
	size_t names_used;
	size_t names_room;
};

static bool make_room(void **memory, size_t *room, size_t needed, size_t unit)
{
	size_t wanted = *room ? *room * 2 : 1 << 16;
	void *more;

	if (needed <= *room)
		return true;
	while (wanted < needed)
		wanted *= 2;
	more = realloc(*memory, wanted * unit);
	if (!more)
		return false;
	*memory = more;
	*room = wanted;
	return true;
}

static bool is_text(char type)
{
	return strchr("tTwW", type) != NULL;
}

/*
 * As perf chooses among names of one address: one that is seen everywhere before one of a file or a weak one,
 * then that with fewer underscores in front, then the longer one.
 */
static uint32_t rank_of(char type, const char *name)
{
	size_t underscores = strspn(name, "_"), length = strlen(name);

	return (uint32_t)(type == 'T') << 16 | (underscores < 255 ? 255 - (uint32_t)underscores : 0) << 8 |
	       (length < 255 ? (uint32_t)length : 255);
}

static bool add(struct symbols *s, uint64_t address, char type, const char *name)
{
	size_t length = strlen(name) + 1;

	if (!make_room((void **)&s->list, &s->room, s->count + 1, sizeof(*s->list)) ||
	    !make_room((void **)&s->names, &s->names_room, s->names_used + length, 1))
		return false;
	memcpy(s->names + s->names_used, name, length);
	s->list[s->count++] = (struct symbol){
		address, (uint32_t)s->names_used, rank_of(type, name), is_text(type),
	};
	s->names_used += length;
	return true;
}

/* Names of the padding in front of functions: half of all names, and no code. */
static bool is_padding(const char *name)
{
	return strncmp(name, "__pfx_", strlen("__pfx_")) == 0;
}

/* "__lock_text_start": where a part of the kernel's text begins or ends, and often a function. */
static bool is_border(const char *name)
{
	const char *behind = strstr(name, "_text_");

	return behind && (strcmp(behind, "_text_start") == 0 || strcmp(behind, "_text_end") == 0);
}

/* Variables of mm/vmalloc.c; single is its one vmap node before there are more. */
static bool is_wanted_data(const char *name)
{
	return strstr(name, "vmap") || !strcmp(name, "single");
}

/* "ffffffff81000000 T _stext", and for a module's a tab and its name in brackets. */
static bool take_line(struct symbols *s, char *line)
{
	char *type, *name, *end;
	uint64_t address = strtoull(line, &type, 16);

	if (type == line || type[0] != ' ' || type[1] == '\0' || type[2] != ' ')
		return true;
	name = type + 3;
	end = name + strcspn(name, "\t\n");
	if (*end == '\t')
		return true;
	*end = '\0';
	if (is_text(type[1]) ? is_padding(name) || is_border(name) : !is_wanted_data(name))
		return true;
	return add(s, address, type[1], name);
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

static bool read_all(struct symbols *s, FILE *file)
{
	char line[1024];

	while (fgets(line, sizeof(line), file))
		if (!take_line(s, line))
			return false;
	return !ferror(file);
}

struct symbols *symbols_read(char *why, size_t size)
{
	struct symbols *s = calloc(1, sizeof(*s));
	FILE *file = fopen("/proc/kallsyms", "re");

	if (!s || !file || !read_all(s, file)) {
		snprintf(why, size,
			 "/proc/kallsyms cannot be read: %s; the names of the kernel's functions are "
			 "needed (CONFIG_KALLSYMS).",
			 strerror(errno));
		symbols_free(s);
		s = NULL;
	}
	if (file)
		fclose(file);
	if (s && s->count)
		qsort(s->list, s->count, sizeof(*s->list), by_address);
	return s;
}

void symbols_free(struct symbols *s)
{
	if (!s)
		return;
	free(s->list);
	free(s->names);
	free(s);
}

static const struct symbol *find(const struct symbols *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (strcmp(s->names + s->list[i].name, name) == 0)
			return &s->list[i];
	return NULL;
}

bool symbols_has(const struct symbols *s, const char *name)
{
	return find(s, name) != NULL;
}

uint64_t symbols_address(const struct symbols *s, const char *name)
{
	const struct symbol *symbol = find(s, name);

	return symbol ? symbol->address : 0;
}

uint64_t symbols_extent(const struct symbols *s, const char *name, uint64_t *ret_end)
{
	const struct symbol *symbol = find(s, name), *next;

	if (!symbol || symbol->address == 0)
		return 0;
	for (next = symbol; next < s->list + s->count; next++)
		if (next->text && next->address > symbol->address)
			break;
	*ret_end = next < s->list + s->count ? next->address : symbol->address;
	return symbol->address;
}

uint64_t symbols_text(const struct symbols *s, uint64_t *ret_end)
{
	uint64_t begin = 0;
	size_t i;

	*ret_end = 0;
	for (i = 0; i < s->count; i++) {
		if (!s->list[i].text || s->list[i].address == 0)
			continue;
		begin = begin ? begin : s->list[i].address;
		*ret_end = s->list[i].address;
	}
	return begin;
}

const char *symbols_function(const struct symbols *s, uint64_t address, uint64_t *ret_offset)
{
	size_t low = 0, high = s->count;

	/* The last symbol that is not above the address. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->list[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0 && !s->list[low - 1].text)
		low--;
	if (low == 0 || s->list[low - 1].address == 0)
		return NULL;
	if (ret_offset)
		*ret_offset = address - s->list[low - 1].address;
	return s->names + s->list[low - 1].name;
}
