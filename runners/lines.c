// SPDX-License-Identifier: GPL-2.0-only
#include "lines.h"

#include <string.h>

void lines_init(struct lines *l, size_t longest)
{
	l->pending = g_string_new(NULL);
	l->longest = longest;
}

void lines_release(struct lines *l)
{
	g_string_free(l->pending, TRUE);
}

void lines_feed(struct lines *l, const char *bytes, size_t length)
{
	g_string_append_len(l->pending, bytes, length);
}

static const char *find_newline(const struct lines *l)
{
	return memchr(l->pending->str, '\n', MIN(l->pending->len, l->longest));
}

char *lines_next(struct lines *l)
{
	const char *newline = find_newline(l);
	char *line;

	if (!newline)
		return NULL;
	line = g_strndup(l->pending->str, newline - l->pending->str);
	g_string_erase(l->pending, 0, newline + 1 - l->pending->str);
	return line;
}

bool lines_overflowed(const struct lines *l)
{
	return l->pending->len >= l->longest && !find_newline(l);
}
