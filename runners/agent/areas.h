/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What /proc/vmallocinfo lists: the vmap areas that are in use, by the code that made them. */

#define AREAS_PATH "/proc/vmallocinfo"
#define AREAS_CALLERS 128
#define AREAS_CALLER_MAX 64

struct areas_caller {
	char name[AREAS_CALLER_MAX];	/* the function, or AREAS_NOBODY */
	uint32_t count;
	uint64_t bytes;			/* with the page that guards each */
};

/* The code of a module that has been removed. */
#define AREAS_NOBODY "code that is gone"

/* The last caller stands for all that the table has no room for. */
struct areas {
	struct areas_caller callers[AREAS_CALLERS];
	uint32_t callers_count;
};

/* Counts in one line, without its end. Areas that were freed and wait to be purged are in use no more. Pure. */
void areas_take(struct areas *areas, const char *line);

/* The whole list. False with errno. */
bool areas_read(struct areas *areas);

/* What may have come. */
struct areas_allowed {
	uint32_t count;
	uint32_t kib;
};

/*
 * Whether no more than @allowed has come from @before to @after: the areas of all callers that have more, so
 * that one which has less hides nothing. Else @text says how many have come @since ("before the load"), whose
 * most of them are, and what would have been allowed. Pure.
 */
bool areas_are_back(const struct areas *before, const struct areas *after, const struct areas_allowed *allowed,
		    const char *since, char *text, size_t size);

/* Adds to @base what has come of each caller from @then to @now. Pure. */
void areas_raise(struct areas *base, const struct areas *then, const struct areas *now);
