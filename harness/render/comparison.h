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
	COMPARISON_LAYOUT,	/* a rebuild of the baseline: all the same but the layout of code and data */
	COMPARISON_REBUILD,	/* a rebuild of a candidate */
};

/* "baseline", "candidate", "aa", "layout", "rebuild"; static. */
const char *comparison_role_name(enum comparison_role role);

struct comparison_arm {
	char *name;
	enum comparison_role role;
	bool shown;				/* has a table and a chart of its own */
	const char *rebuild_of; /* name of the arm of which this is another image, or NULL; borrowed */
	const struct run_boot_end *failed;	/* borrowed from the run; NULL when its kernel did not fail */
	struct confound *confound; /* against the baseline; its rows are missing when that refuses */
	struct series *series;			/* one per cell */
	/*
	 * One per cell: the figures of its own image and of each rebuild that has one, where images are
	 * compared with images (rebuild_candidates); otherwise NULL.
	 */
	struct series *images;
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

/* What a row of @arm compares: figures of boots or of images; and those of the baseline beside them. */
static inline const struct series *comparison_series(const struct comparison_arm *arm, guint cell)
{
	return arm->images ? &arm->images[cell] : &arm->series[cell];
}

static inline const struct series *comparison_baseline_series(const struct comparison *c,
							      const struct comparison_arm *arm, guint cell)
{
	return arm->images ? &c->baseline->images[cell] : &c->baseline->series[cell];
}

/* Whether the rows of @arm are one image against the gate of other layouts, without a test. */
static inline bool comparison_is_gated(const struct comparison *c, const struct comparison_arm *arm)
{
	return c->counted && !arm->images;
}

/* How many rebuilds of @arm there are in the plan and, *ret_usable, with figures and a kernel that did not
 * fail. */
unsigned int comparison_rebuilds(const struct comparison *c, const struct comparison_arm *arm,
				 unsigned int *ret_usable);

/* NULL when no arm has that name. */
struct comparison_arm *comparison_find_arm(const struct comparison *c, const char *name);

/* How many rows a run of @p has in Holm's family: those of all arms with a table. */
size_t comparison_family(const struct plan *p);

/* Of the figures: that of the run's loads, or with `subtract_setup` "ns per loop", "instructions per loop". */
const char *comparison_unit(const struct comparison *c);

/* The plan's smallest effect that matters, as an effect. */
double comparison_gate(const struct comparison *c);

/* Whether @arm, whose kernel did not fail, has fewer complete boots of the row than the plan asks for. */
bool comparison_lacks_boots(const struct comparison *c, const struct comparison_arm *arm, guint cell);

/*
 * In counted mode, the gate of a row as an effect, from the baseline and its rebuilds. The A/A arm is the same
 * image and shows nothing of layouts: without a rebuild the gate is not known, NaN.
 */
double comparison_counted_gate(const struct comparison *c, guint cell);

/*
 * The same for two images of which neither is the baseline's, as two steps of a series: how far apart they may
 * read, with a probability of at most @alpha, when nothing but their layouts differs.
 */
double comparison_counted_gate_between(const struct comparison *c, guint cell, double alpha);

/*
 * The row of @to against @from instead of the baseline, estimated and not judged. Both are the baseline or
 * candidates; what is missing is said in the row.
 */
void comparison_contrast(const struct comparison *c, const struct comparison_arm *from,
			 const struct comparison_arm *to, guint cell, struct contrast *ret_row);

/* The name of a row, as of all others by cell. Borrowed. */
static inline const char *comparison_cell(const struct comparison *c, guint cell)
{
	return ((const struct plan_row *)c->cells->pdata[cell])->name;
}

/* NULL without `aa: true`. */
const struct comparison_arm *comparison_find_aa(const struct comparison *c);

/* Whether @arm is printed when @only (may be NULL) was asked for. */
static inline bool comparison_is_printed(const struct comparison_arm *arm, const struct comparison_arm *only)
{
	return only ? arm == only : arm->shown;
}

/*
 * Whether something of @arm's kernel, which is no figure of loads, is set beside the baseline's: rebuilds and
 * the A/A arm are the baseline's source again, and what was made otherwise is set beside nothing.
 */
bool comparison_is_beside(const struct comparison_arm *arm, const struct comparison_arm *only);

/* True when the kernel of any arm failed, in the timed or in the tracing pass. */
bool comparison_has_failure(const struct comparison *c);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(comparison, comparison_free)
