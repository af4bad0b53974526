/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * A timed load's record in the very form in which sweep writes it: nearly all lines of a long journal are such,
 * and a general reader of JSON takes three times as long for them as all that follows.
 */
struct load_line {
	unsigned int block, load;
	const char *arm, *boot, *cell;	/* in the line */
	const char *clocksource;	/* in the line; NULL: it has none */
	GArray *workers_us;		/* double; the caller's, filled anew by each call */
	double wall_us;
};

/*
 * Fills @ret from @line, which is @length bytes and a newline. False, and the line is as it was, when it has
 * any other form, be it better or worse: the general reader decides. True: it would read the same, and the line
 * now has NULs in it.
 */
bool load_line_parse(char *line, size_t length, struct load_line *ret);
