// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/areas.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "0xffffc90000005000-0xffffc90000007000    8192 hpet_enable+0x36/0x4a0 phys=0x00000000fed00000 ioremap" */
#define LINE_MAX_BYTES 512

/* The number of its callers when it is none of them. */
static uint32_t find_caller(const struct areas *areas, const char *name, size_t length)
{
	uint32_t i;

	for (i = 0; i < areas->callers_count; i++)
		if (strlen(areas->callers[i].name) == length &&
		    memcmp(areas->callers[i].name, name, length) == 0)
			break;
	return i;
}

static struct areas_caller *take_caller(struct areas *areas, const char *name, size_t length)
{
	uint32_t i = find_caller(areas, name, length);

	if (i == AREAS_CALLERS)
		return &areas->callers[AREAS_CALLERS - 1];
	if (i == areas->callers_count) {
		memcpy(areas->callers[i].name, name, length);
		areas->callers_count++;
	}
	return &areas->callers[i];
}

/* @text: "function+0x36/0x4a0 ...". An address that no code has is printed as a number. */
static struct areas_caller *caller_of(struct areas *areas, const char *text)
{
	size_t length = strcspn(text, "+ \n");

	if (strncmp(text, "0x", 2) == 0)
		return take_caller(areas, AREAS_NOBODY, strlen(AREAS_NOBODY));
	return take_caller(areas, text, length < AREAS_CALLER_MAX ? length : AREAS_CALLER_MAX - 1);
}

void areas_take(struct areas *areas, const char *line)
{
	const char *size = strchr(line, ' ');
	struct areas_caller *caller;
	unsigned long long bytes;
	char *text;

	if (!size)
		return;
	bytes = strtoull(size, &text, 10);
	if (text == size || *text != ' ')
		return;
	text++;
	if (strncmp(text, "unpurged ", 9) == 0)
		return;
	caller = caller_of(areas, text);
	caller->count++;
	caller->bytes += bytes;
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

/* What has come of one caller. */
struct growth {
	const struct areas_caller *caller;
	uint32_t count;
	uint64_t bytes;
};

static struct growth growth_of(const struct areas *before, const struct areas_caller *now)
{
	static const struct areas_caller none;
	uint32_t i = find_caller(before, now->name, strlen(now->name));
	const struct areas_caller *then = i < before->callers_count ? &before->callers[i] : &none;
	struct growth g = { .caller = now };

	g.count = now->count > then->count ? now->count - then->count : 0;
	g.bytes = now->bytes > then->bytes ? now->bytes - then->bytes : 0;
	return g;
}

bool areas_are_back(const struct areas *before, const struct areas *after, const struct areas_allowed *allowed,
		    const char *since, char *text, size_t size)
{
	struct growth all = { 0 }, most = { 0 };
	uint32_t i;

	for (i = 0; i < after->callers_count; i++) {
		struct growth g = growth_of(before, &after->callers[i]);

		all.count += g.count;
		all.bytes += g.bytes;
		if (g.bytes > most.bytes)
			most = g;
	}
	if (all.count <= allowed->count && all.bytes / 1024 <= allowed->kib)
		return true;
	snprintf(text, size,
		 "vmalloc has %u areas of %llu KiB more than %s, %u of %llu KiB of them from %s; "
		 "allowed are %u and %u KiB",
		 all.count, (unsigned long long)(all.bytes / 1024), since, most.count,
		 (unsigned long long)(most.bytes / 1024), most.caller ? most.caller->name : "all",
		 allowed->count, allowed->kib);
	return false;
}

void areas_raise(struct areas *base, const struct areas *then, const struct areas *now)
{
	uint32_t i;

	for (i = 0; i < now->callers_count; i++) {
		const struct areas_caller *caller = &now->callers[i];
		struct growth g = growth_of(then, caller);
		struct areas_caller *raised;

		if (g.count == 0 && g.bytes == 0)
			continue;
		raised = take_caller(base, caller->name, strlen(caller->name));
		raised->count += g.count;
		raised->bytes += g.bytes;
	}
}
