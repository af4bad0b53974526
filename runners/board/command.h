/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/*
 * The commands of a board file that run on this machine: text that its owner wrote for a shell, in the folder
 * of the file. {name} in it becomes the board's name, which has been checked; nothing else is put into it.
 * ${name} is left to the shell.
 */

/* With {name} put in. Caller frees. */
char *command_expand(const struct board *b, const char *text);

/* The words that run @text. Array of char *, NULL-ended; caller unrefs. */
GPtrArray *command_words(const struct board *b, const char *text);

/*
 * Runs @text, which stands under @key, for at most @limit_ms, in a process group of its own: what it leaves
 * running in that is ended with it. False with BENCH_ERROR_INFRA, which holds the command, how it ended and its
 * last line, unless it ends with status 0. *ret_out (may be NULL): its standard output; caller frees.
 */
bool command_run(const struct board *b, const char *key, const char *text, unsigned int limit_ms,
		 char **ret_out, GError **error);
