/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/* Text for mail: plain ASCII in lines that no mail client breaks. */

/*
 * Printable ASCII of @text (UTF-8): accents are dropped, the rest becomes '?'. Returns a string the caller
 * frees.
 */
char *wrap_ascii(const char *text);

/*
 * Appends @text as lines of at most @width columns, each after the first of them indented by @indent <
 * @width; a longer word is cut. Ends with a newline.
 */
void wrap_words(GString *out, const char *text, guint width, guint indent);

/*
 * Appends @argv as a command for a shell, in ASCII, in lines of at most @width columns joined by backslashes. A
 * word that is not ASCII needs bash's $'...'.
 */
void wrap_command(GString *out, const char *const *argv, guint width);
