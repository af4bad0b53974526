// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/areas.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "0xffffc90000005000-0xffffc90000007000    8192 hpet_enable+0x36/0x4a0 phys=0x00000000fed00000 ioremap" */
#define LINE_MAX_BYTES 512

static struct areas_caller *find_caller(struct areas *areas, const char *name, size_t length)
{
	uint32_t i;

	for (i = 0; i < areas->callers_count; i++)
		if (strlen(areas->callers[i].name) == length && memcmp(areas->callers[i].name, name, length) == 0)
			return &areas->callers[i];
	if (i == AREAS_CALLERS)
		return NULL;
	areas->callers_count++;
	memcpy(areas->callers[i].name, name, length);
	return &areas->callers[i];
}

/* @caller: "function+0x36/0x4a0 ...". An address that no code has is printed as a number. */
static void count_caller(struct areas *areas, const char *caller)
{
	size_t length = strcspn(caller, "+ \n");
	struct areas_caller *found;

	if (strncmp(caller, "0x", 2) == 0) {
		caller = AREAS_NOBODY;
		length = strlen(caller);
	}
	if (length >= AREAS_CALLER_MAX)
		length = AREAS_CALLER_MAX - 1;
	found = find_caller(areas, caller, length);
	if (found)
		found->count++;
}

void areas_take(struct areas *areas, const char *line)
{
	const char *size = strchr(line, ' ');
	unsigned long long bytes;
	char *caller;

	if (!size)
		return;
	bytes = strtoull(size, &caller, 10);
	if (caller == size || *caller != ' ')
		return;
	caller++;
	if (strncmp(caller, "unpurged ", 9) == 0)
		return;
	areas->count++;
	areas->bytes += bytes;
	count_caller(areas, caller);
}

bool areas_read(struct areas *areas)
{
	FILE *f = fopen(AREAS_PATH, "re");
	char line[LINE_MAX_BYTES];
	bool ok;

	memset(areas, 0, sizeof(*areas));
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		areas_take(areas, line);
	ok = !ferror(f);
	fclose(f);
	return ok;
}

static uint32_t count_of(const struct areas *areas, const char *name)
{
	uint32_t i;

	for (i = 0; i < areas->callers_count; i++)
		if (strcmp(areas->callers[i].name, name) == 0)
			return areas->callers[i].count;
	return 0;
}

/* Of whom there are most more than before; NULL when there is nobody. */
static const struct areas_caller *find_grown(const struct areas *before, const struct areas *after,
					     uint32_t *ret_more)
{
	const struct areas_caller *most = NULL;
	uint32_t i;

	*ret_more = 0;
	for (i = 0; i < after->callers_count; i++) {
		const struct areas_caller *c = &after->callers[i];
		uint32_t then = count_of(before, c->name);

		if (c->count > then && c->count - then > *ret_more) {
			*ret_more = c->count - then;
			most = c;
		}
	}
	return most;
}

bool areas_are_back(const struct areas *before, const struct areas *after, uint32_t count, uint32_t kib, char *text,
		    size_t size)
{
	int64_t more = (int64_t)after->count - before->count;
	int64_t more_kib = ((int64_t)after->bytes - (int64_t)before->bytes) / 1024;
	const struct areas_caller *most;
	uint32_t of_most;

	if (more <= count && more_kib <= kib)
		return true;
	most = find_grown(before, after, &of_most);
	snprintf(text, size,
		 "vmalloc has %lld areas and %lld KiB more than before the load, %u of them of %s; "
		 "allowed are %u areas and %u KiB",
		 (long long)more, (long long)more_kib, of_most, most ? most->name : "nobody", count, kib);
	return false;
}
