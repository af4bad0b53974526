/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/* What a board keeps of a kernel that died: pstore, where its good kernel or systemd has put it. */

/* The records that are there: paths on the board. Array of char *; caller unrefs. NULL with @error. */
GPtrArray *crash_list(const struct board *b, GError **error);

/*
 * Appends those that are not in @before to the file @path (NULL: nowhere), each behind a line with its name,
 * and removes them, and only them, from the board. *ret_count says how many there were.
 */
bool crash_collect(const struct board *b, const GPtrArray *before, const char *path, guint *ret_count,
		   GError **error);

/* Whether the hardware says that its watchdog reset the board. */
bool crash_watchdog(const struct board *b, bool *ret_reset, GError **error);
