/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * What a stranger wrote, fit for a terminal and for JSON: bytes that are no UTF-8 become U+FFFD, control
 * characters a blank. Returns a string the caller frees.
 */
char *text_make_plain(const char *text);

/* How many columns of a terminal @text takes, which is plain (above): two for a wide letter, none for a mark
 * that combines with the one before. */
unsigned int text_width(const char *text);

/*
 * The begin of plain @text in at most @columns, with ".." for what was cut off, where that has room. Returns a
 * string the caller frees.
 */
char *text_cut(const char *text, unsigned int columns);

/* Whether @name can stand in a folded stack: letters, @longest at most, none of which ends a frame or a line. */
bool text_is_frame(const char *name, size_t longest);
