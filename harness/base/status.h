/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* What is known of long work at a moment, and how that looks: pure functions of it. */

#define STATUS_WORDS 4
#define STATUS_COUNTS 3

/* A text of what is under way, and its key in JSON; static, or borrowed. */
struct status_word {
	const char *key, *text;
};

/* How often something went wrong. */
struct status_count {
	const char *key;
	guint64 count;
};

/*
 * Unused rows of the arrays are empty and come last. Words, where there are several, stand on a line of their
 * own, the most important first; one alone stands behind the numbers.
 */
struct status {
	const char *what;		/* what is done: "sweep" */
	guint64 done, total;		/* steps; a total of 0: nobody knows */
	const char *unit;		/* "boot", of which there are several "boots"; or NULL */
	const char *part;		/* "block": that of the numbers below is under way; or NULL */
	guint64 part_index, parts;	/* counted from 0; parts is 0 where there is no last one */
	struct status_word words[STATUS_WORDS];
	struct status_count failed[STATUS_COUNTS];	/* all of them are in JSON; people see those above 0 */
	double elapsed_s;
	double left_s;			/* NAN: not known */
	bool rough;			/* what is left was guessed from steps of another kind */
	double step_s;			/* since the step under way began; NAN: it is of no interest */
	double expected_s;		/* what it will take; NAN: not known */
};

/*
 * At most @rows lines (char *) of at most @columns each; the array owns them. What there is no room for is
 * shortened, then left out, the least important first.
 */
GPtrArray *status_lines(const struct status *s, guint columns, guint rows);

/* All of it in one line of any length, without a newline. Returns a string the caller frees. */
char *status_plain(const struct status *s);

/*
 * The same as an object in one line, without a newline (docs/progress.md); @event is "start", "step", "end" or
 * "stop". Returns a string the caller frees.
 */
char *status_json(const struct status *s, const char *event);
