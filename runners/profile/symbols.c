// SPDX-License-Identifier: GPL-2.0-only
#include "runners/profile/symbols.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The upper half of the address space is the kernel's. */
#define KERNEL_BIT (1ull << 63)

static const char *const places[] = {
	[SYMBOLS_USER] = "[user]",
	[SYMBOLS_MODULES] = "[modules]",
	[SYMBOLS_OTHER] = "[other]",
};

static bool is_function(char type)
{
	return strchr("tTwW", type);
}

static bool add(struct symbols *s, uint64_t address, const char *name)
{
	/* Two names of one function: the first. */
	if (s->count > 0 && s->list[s->count - 1].address == address)
		return true;
	if (s->count % 4096 == 0) {
		struct symbol *more = realloc(s->list, (s->count + 4096) * sizeof(*more));

		if (!more)
			return false;
		s->list = more;
	}
	s->list[s->count].address = address;
	s->list[s->count].name = strdup(name);
	return s->list[s->count++].name;
}

static bool add_line(struct symbols *s, const char *line)
{
	uint64_t address;
	char name[256];
	char type;

	if (sscanf(line, "%" SCNx64 " %c %255s", &address, &type, name) != 3)
		return false;
	if (!strcmp(name, "_end"))
		s->end = address;
	if (!(address & KERNEL_BIT) || !is_function(type))
		return true;
	if (s->count > 0 && s->list[s->count - 1].address > address)
		return false;
	return add(s, address, name);
}

void symbols_release(struct symbols *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->list[i].name);
	free(s->list);
	*s = (struct symbols){ 0 };
}

bool symbols_load(struct symbols *s, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[512];
	bool ok = true;

	*s = (struct symbols){ 0 };
	if (!file)
		return false;
	while (ok && fgets(line, sizeof(line), file))
		ok = add_line(s, line);
	fclose(file);
	if (ok && s->count > 0 && s->end)
		return true;
	symbols_release(s);
	errno = EINVAL;
	return false;
}

/* How many begin at @address or below. */
static size_t count_up_to(const struct symbols *s, uint64_t address)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->list[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t symbols_find(const struct symbols *s, uint64_t address)
{
	size_t before;

	if (!(address & KERNEL_BIT))
		return SYMBOLS_USER;
	if (address >= s->end)
		return SYMBOLS_MODULES;
	before = count_up_to(s, address);
	return before > 0 ? SYMBOLS_FIRST + before - 1 : SYMBOLS_OTHER;
}

const char *symbols_name(const struct symbols *s, size_t number)
{
	return number < SYMBOLS_FIRST ? places[number] : s->list[number - SYMBOLS_FIRST].name;
}

bool symbols_is(const char *symbol, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(symbol, name, length) &&
	       (symbol[length] == '\0' || (symbol[length] == '.' && !strstr(symbol + length, ".cold")));
}
