/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "comparison.h"

/* The table of an arm in a sentence, for those who read nothing else. */
struct summary {
	guint rows;
	guint verdicts[VERDICT_CANNOT_TELL + 1];
	guint missing;
};

struct summary summary_of(const struct comparison *c, const struct comparison_arm *arm);

/*
 * "mt against rb: 5 of 6 rows improved, none regressed, 1 cannot tell."; that it failed, or was not compared.
 * Caller frees.
 */
char *summary_sentence(const struct comparison *c, const struct comparison_arm *arm);

/*
 * How often the tables would mark any row if the kernels were equal: the error of the family of rows, at most,
 * and under which assumption. Caller frees.
 */
char *summary_error(const struct comparison *c);
