/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Standard error as a person sees it on a terminal: lines that are redrawn in place at the bottom, and what is
 * printed, which appears above them. May be called by any thread. However the program ends, but by SIGKILL, the
 * lines are wiped before.
 */

/* Draws @lines (char *, none wider than the terminal less a column) instead of those before. */
void screen_draw(const GPtrArray *lines);

/* Wipes the lines. */
void screen_wipe(void);

/* Prints @text, which ends with a newline, above the lines. */
void screen_print(const char *text);

/* Wipes the lines, and draws none until it is called with false: somebody is asked at the terminal. */
void screen_hold(bool held);

/* Wipes the lines when the program is about to end in a signal handler. */
void screen_wipe_in_handler(void);
