/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/comparison.h"
#include "render/gate.h"

/*
 * Two runs of sweep side by side, last month's and today's: an arm against the arm of the same name, boots
 * against boots. The runs did not share blocks, so nothing is paired (docs/statistics.md).
 */
struct across_pair {
	const struct comparison_arm *before, *after;	/* of the two runs' comparisons */
	struct confound *confound;	/* between the two; its rows are missing when that refuses */
	struct contrast *rows;		/* one per row of the comparison across */
};

/* A row that both runs have. */
struct across_row {
	const struct plan_row *row;	/* of the later run */
	guint before, after;		/* its index in each comparison's cells */
};

typedef struct across {
	struct comparison *before, *after;
	GArray *rows;			/* struct across_row */
	struct across_pair *pairs;
	guint pairs_count;
	const struct across_pair *only;	/* the pair that was asked for, or NULL: all */
	GPtrArray *left_out;		/* char *: rows that only one run has, or that do other work, and why */
	size_t family;			/* Holm's: all rows of all pairs */
} across;

/*
 * @arm: NULL for the arms whose names are in both runs; such a name for that one alone, judged in the same
 * family; "OLD:NEW" for two arms of different names. @allowed: see confound_new(). Both runs must live as long.
 * NULL with BENCH_ERROR_USAGE when the two do not measure the same: other accelerators, no common arm, no
 * common row.
 */
struct across *across_new(const struct run *before, const struct run *after, enum comparison_metric metric,
			  const char *arm, const char *const *allowed, GError **error);
void across_free(struct across *a);

/* Whether @pair is printed. */
bool across_is_printed(const struct across *a, const struct across_pair *pair);

/* Whether anything printed was refused, or its kernel failed. */
bool across_is_refused(const struct across *a);
bool across_has_failure(const struct across *a);

struct gate *across_gate(const struct across *a);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(across, across_free)
