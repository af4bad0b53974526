/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/yaml-where.h"
#include "plan.h"

/*
 * A plan with a kernel for each patch (docs/series.md). Of two arms, the baseline and one with a `series`, the
 * second gives way to the arms 1, 2, ..., of which arm N has the first N patches; all else is the plan's. What
 * the expansion needs beside the plan's text is kept as JSON, so that a run's manifest makes the same plan of
 * it again:
 *
 *	{"patches": [{"file", "subject"}, ...]}
 *
 * and, when not all of it was chosen (struct plan_choice), "steps", "row" and "rebuilds".
 */

/* Part of such a plan, without A/A and tracing pass. The first step is its baseline. */
struct plan_choice {
	const unsigned int *steps;	/* ascending; 0: the baseline of the plan, N: its first N patches */
	unsigned int count;		/* of them, 2 or more */
	const char *row;		/* the only one */
	bool rebuilds;			/* as many of the baseline as the plan has; otherwise none */
};

/*
 * Sets p->series from the plan's arms and their patches; @choice may be NULL: all of it. False with
 * "file:line:column: ..." when the plan is not one of a baseline and patches on top of it.
 */
bool plan_series_describe(struct plan *p, const struct yaml_where *where, const struct plan_choice *choice,
			  GError **error);

/*
 * Makes the arms, and the rows, that p->series says. False with BENCH_ERROR_FAILED when that does not fit the
 * plan, as only a manifest that was tampered with does.
 */
bool plan_series_apply(struct plan *p, GError **error);

/* What the mail @text says it is about, without "[PATCH ...]"; NULL when it is no mail. Caller frees. */
char *plan_series_subject(const char *text);

/* The patch by which the kernel of @arm differs from that of the step before; NULL: it is no step. Borrowed. */
const struct plan_patch *plan_series_patch(const struct plan *p, const struct plan_arm *arm);
