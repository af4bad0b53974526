/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "board.h"

/*
 * Takes @b for this process: an flock on its lock file, in which the holder's process, host and run stand.
 * Does not wait: the error (BENCH_ERROR_INFRA) names the holder. Returns a descriptor; closing it gives the
 * board back. -1 with @error.
 */
int lock_board(const struct board *b, const char *run, GError **error);
