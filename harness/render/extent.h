/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "comparison.h"

/* How much of what the plan asks for is there: a run may have been stopped, or have given up boots. */
struct extent {
	unsigned int planned; /* blocks */
	guint fewest, most;   /* complete boots of a row of an arm, of those whose kernel did not fail */
};

/* @only: of the baseline and this arm, or NULL: of all that have a table. */
struct extent extent_of(const struct comparison *c, const struct comparison_arm *only);

/* "7"; "7 to 10". Caller frees. */
char *extent_range(const struct extent *e);

/* "7 blocks"; "4 of the 7 blocks planned"; "7 to 10 of the 15 blocks planned". Caller frees. */
char *extent_blocks(const struct extent *e);

/* "UNFINISHED: ...", or NULL: everything is there, or the baseline failed and nothing is waited for. Caller
 * frees. */
char *extent_alarm(const struct comparison *c);

/* What rows that are tested rest on: blocks of boots, or images where these are compared. */
struct extent_test {
	size_t count;	/* of the row that has most; of the plan where no row is compared */
	size_t planned; /* as many, or more */
	size_t needed;	/* with fewer no row of the family can be marked */
	bool can_mark, has_interval;
};

struct extent_test extent_test_of(const struct comparison *c);

/* "With 4 of the 7 blocks planned"; "With 3 images of each arm". Caller frees. */
char *extent_test_words(const struct comparison *c, const struct extent_test *t);
