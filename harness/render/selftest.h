/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/comparison.h"
#include "render/pilot.h"

/*
 * Runs whose truth is known, judged by what the tables say of them (docs/selftest.md). In the plans of the
 * self-test an arm slow-N, a canary, does N % more than the baseline; every other arm is the baseline's code.
 */

/* A row in which nothing differs. */
struct selftest_null {
	const char *cell, *arm;		/* borrowed */
	const struct contrast *row;	/* borrowed */
};

/* A row and its canaries. Slow-downs are percent of the baseline's calls. */
struct selftest_row {
	const char *cell;		/* borrowed */
	double due_pct;			/* from here on to be found; NAN: not known */
	double found_pct, missed_pct;	/* the smallest that was found, the largest that was not; NAN: none */
	guint due, due_found;		/* canaries that are to be found, and those of them that were */
};

typedef struct selftest {
	GArray *nulls;			/* struct selftest_null */
	GArray *rows;			/* struct selftest_row */
	guint judged, marked;		/* nulls that have a verdict, and that are (I) or (R) */
	guint reversed;			/* canaries that are (I) */
	guint due, due_found;
} selftest;

struct selftest *selftest_new(void);
void selftest_free(struct selftest *s);

/* Adds what @c says; it must live as long. @due: of each row, the effect that is to be found. */
void selftest_add(struct selftest *s, const struct comparison *c, const double *due);

/*
 * That effect where time is measured: what `vmapbench power` says that @p sees with POWER_WANTED. NAN where the
 * pilot says nothing. Caller frees.
 */
double *selftest_due_timed(const struct plan *p, const struct pilot *earlier);

/* Counted: twice the gate, so that an image that reads a gate too fast is still outside of it. Caller frees. */
double *selftest_due_counted(const struct comparison *c);

/* There are canaries that are to be found, and as large a share of them was as power promises. */
bool selftest_found_enough(const struct selftest *s);

/* That, and nothing was marked that should not be. */
bool selftest_passed(const struct selftest *s);

/* Whether every arm has every boot that the plan asks for, and no kernel failed. */
bool selftest_is_complete(const struct comparison *c);

/* The row of @s whose figures are farthest apart although nothing differs; NULL when none has a figure. */
const struct selftest_null *selftest_noise_floor(const struct selftest *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(selftest, selftest_free)
