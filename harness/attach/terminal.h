/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct terminal terminal;

/*
 * Whether standard output is a terminal that can be drawn upon, and is ours: not when we run in the background.
 */
bool terminal_usable(void);

/*
 * Takes the terminal: its other screen, no cursor, keys one by one without echo (Ctrl-C remains a signal,
 * Ctrl-Z does nothing). terminal_close() gives it back as it was.
 */
struct terminal *terminal_open(void);
void terminal_close(struct terminal *t);

/* Replaces what is on the screen by @lines (struct line). False when the terminal has gone away (errno). */
bool terminal_draw(const GPtrArray *lines);

/* The key pressed, 0 when there is none, -1 when there will be no more. Does not wait. */
int terminal_key(void);

/* Writes all of @text to standard output. False with errno; EINTR: interrupt_pending() while it had to wait. */
bool terminal_write(const char *text, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(terminal, terminal_close)
