/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/* Whether @b can be taken from and given power, by a command or by a human. */
bool power_can_cycle(const struct board *b);

/*
 * Takes power away and gives it back, by the board file's commands, each with a limit of 60 s. A human is
 * asked on a terminal only. The error (BENCH_ERROR_INFRA) holds the command, how it ended and its last line.
 */
bool power_cycle(const struct board *b, GError **error);

enum power_state { POWER_UNKNOWN, POWER_ON, POWER_OFF };

/* UNKNOWN without a command for it, or when that says neither "on" nor "off". */
enum power_state power_status(const struct board *b, GError **error);
