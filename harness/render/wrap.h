/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Text for mail: plain ASCII in lines that no mail client breaks, and that no program takes for its own. */

/*
 * Whether git am, patch, an mbox or a mail client would take @line for something else because of how it begins:
 * "---", "diff ", "Index: ", "From ", ">", "-- ", "+++ ", "@@ ", "GIT binary patch".
 */
bool wrap_is_eaten(const char *line);

/*
 * Printable ASCII of @text (UTF-8): accents are dropped, the rest becomes '?'. Returns a string the caller
 * frees.
 */
char *wrap_ascii(const char *text);

/*
 * Appends @text as lines of at most @width columns, each after the first of them indented by @indent <
 * @width, and the first, too, when wrap_is_eaten(); a longer word is cut. No line ends with blanks. Ends with a
 * newline.
 */
void wrap_words(GString *out, const char *text, guint width, guint indent);

/*
 * Appends @argv as a command for a shell, in ASCII, in lines of at most @width columns joined by backslashes. A
 * word that is not ASCII needs bash's $'...'.
 */
void wrap_command(GString *out, const char *const *argv, guint width);
