/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "board.h"

/*
 * How long the last boots of a board took, from the reboot to its first answer, kept in the cache under the
 * board's name. It only shortens the wait for a kernel that does not come: no decision about the state of a
 * board is taken from it, and a file that cannot be read is none.
 */

/* How many boots count. */
#define HISTORY_BOOTS 5

/* Seconds that @b gets for a boot: timeouts.boot_s, or less when it has shown that it needs less. */
unsigned int history_boot_limit_s(const struct board *b);

/* Pure: 3 x the median of @boots_s (double), 60 s at least; @most_s when there are none, or that is less. */
unsigned int history_limit_s(const GArray *boots_s, unsigned int most_s);

/* One more boot. What cannot be written is forgotten. */
void history_add_boot(const struct board *b, double seconds);

/* The same of one that came behind its limit: what was learnt before is of faster kernels, and goes. */
void history_add_late_boot(const struct board *b, double seconds);
