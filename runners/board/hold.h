/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/*
 * A board that is ours for a whole run: nobody else uses it between two boots, and its good system stays as it
 * is.
 */
typedef struct hold {
	struct board *board;	/* owned */
	int lock_fd;
	char *build_id;		/* of its good kernel when the run began; NULL: not known */
	bool watchdog;		/* crash_watchdog() though none bit: at first, and after each reboot in order */
	char *good;		/* good_describe() before the first boot; NULL: there was none yet */
} hold;

/* Locks @b for the run in the folder @run. Takes @b, also when that fails: NULL with BENCH_ERROR_INFRA. */
struct hold *hold_new(struct board *b, const char *run, GError **error);

/* Gives the board back. NULL is a no-op. */
void hold_free(struct hold *h);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(hold, hold_free)
