/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Lines out of a stream that is not trusted: none may be longer than @longest bytes, newline included. */
struct lines {
	GString *pending;
	size_t longest;
};

void lines_init(struct lines *l, size_t longest);
void lines_release(struct lines *l);

/* Adds what came. */
void lines_feed(struct lines *l, const char *bytes, size_t length);

/* The next whole line without its newline (caller frees); NULL when there is none yet. */
char *lines_next(struct lines *l);

/* True when the line under way is longer than allowed; nothing more will come out. */
bool lines_overflowed(const struct lines *l);
