/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/*
 * A board's console (serial.h) with a thread that takes what comes: who waits for an answer over ssh, or for a
 * record of the agent, cannot look at it every second.
 */
typedef struct tape tape;

/* NULL without error when @b has no console, with BENCH_ERROR_INFRA when it cannot be read. */
struct tape *tape_open(const struct board *b, const char *path, GError **error);
/* NULL is a no-op. */
void tape_close(struct tape *t);

/* All of these may be asked of NULL: no console, no words. */

/* What comes from here on is of another boot. */
void tape_forget(struct tape *t);
/* The last line of a panic since then; NULL: none. Caller frees. */
char *tape_panic(struct tape *t);
/* Whether there is a console, and it has said nothing since then. */
bool tape_is_mute(struct tape *t);
/* Seconds since it said something; 0 while it has said nothing since tape_forget(). */
unsigned int tape_silence_s(struct tape *t);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(tape, tape_close)
