/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * What in a kernel's log voids a measurement. Pure, no library: used by the agent on /dev/kmsg and by the host
 * on the console of a kernel that died. The table of patterns is splat.c's; a new one is a line there.
 */
struct splat {
	const char *kind; /* "warn", "bug", "oops", "panic", "kasan", "lockdep", "rcu-stall", "lockup", ... */
};

/* The entry that @line (one message of the kernel's log, without time stamp, need not end in NUL) matches, or
 * NULL. */
const struct splat *splat_match(const char *line, size_t length);

/* As splat_match() for a line of a console log: skips "[    1.234567] " and "<4>" first. */
const struct splat *splat_match_console(const char *line, size_t length);
