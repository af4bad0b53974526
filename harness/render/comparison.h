/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "journal/run.h"
#include "render/confound.h"
#include "render/contrast.h"

/*
 * A run as rows with verdicts: the only place that turns records into statistics (docs/statistics.md). Tables
 * and charts read these structs; so does whoever wants the numbers.
 */

/* Which figure of a load counts. */
enum comparison_metric {
	COMPARISON_MEDIAN,	/* the median worker's time */
	COMPARISON_SLOWEST,	/* the slowest worker's */
	COMPARISON_WALL,	/* from the call that started the load to its return */
};

/* "median", "slowest", "wall": as options name them; and in words. */
const char *comparison_metric_name(enum comparison_metric metric);
const char *comparison_metric_title(enum comparison_metric metric);
/* False with BENCH_ERROR_USAGE that lists the names. */
bool comparison_metric_parse(const char *name, enum comparison_metric *ret_metric, GError **error);

enum comparison_role {
	COMPARISON_BASELINE,
	COMPARISON_CANDIDATE,
	COMPARISON_AA,		/* the baseline once more */
	COMPARISON_LAYOUT,	/* all the same but the layout of code and data */
};

struct comparison_arm {
	char *name;
	enum comparison_role role;
	bool shown;				/* has a table and a chart of its own */
	const struct run_boot_end *failed;	/* borrowed from the run; NULL when its kernel did not fail */
	struct confound *confound;		/* against the baseline; its rows are missing when that refuses */
	struct series *series;			/* one per cell */
	struct contrast *rows;		/* one per cell; all "missing" for the baseline */
};

typedef struct comparison {
	const struct run *run;		/* borrowed; must live as long */
	enum comparison_metric metric;
	bool counted;
	GPtrArray *cells;		/* struct plan_row * */
	struct comparison_arm *arms;	/* in the plan's order, then A/A */
	unsigned int arms_count;
	const struct comparison_arm *baseline;
	size_t family;			/* rows of all shown arms: Holm's family */
} comparison;

/* Never fails: what is missing is said row by row. @allowed: see confound_new(). */
struct comparison *comparison_new_allowing(const struct run *r, enum comparison_metric metric,
					   const char *const *allowed);
struct comparison *comparison_new(const struct run *r, enum comparison_metric metric);
void comparison_free(struct comparison *c);

/* The median over one boot's  (struct run_load *, at least one) of their figure. */
double comparison_boot_figure(const GPtrArray *loads, enum comparison_metric metric);

/* NULL when no arm has that name. */
struct comparison_arm *comparison_find_arm(const struct comparison *c, const char *name);

/* How many rows a run of @p has in Holm's family: those of all arms with a table. */
size_t comparison_family(const struct plan *p, bool counted);

/* The plan's smallest effect that matters, as an effect. */
double comparison_gate(const struct comparison *c);

/* Whether @arm, whose kernel did not fail, has fewer complete boots of the row than the plan asks for. */
bool comparison_lacks_boots(const struct comparison *c, const struct comparison_arm *arm, guint cell);

/*
 * In counted mode, the gate of a row as an effect, from the baseline and its layout arms. The A/A arm is the same image and
 * shows nothing of layouts: without a layout arm the gate is not known, NaN.
 */
double comparison_counted_gate(const struct comparison *c, guint cell);

/* Whether @arm is printed when @only (may be NULL) was asked for. */
static inline bool comparison_is_printed(const struct comparison_arm *arm, const struct comparison_arm *only)
{
	return only ? arm == only : arm->shown;
}

/* True when the kernel of any arm failed, in the timed or in the tracing pass. */
bool comparison_has_failure(const struct comparison *c);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(comparison, comparison_free)
