/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "journal/run-profile.h"
#include "render/comparison.h"

/*
 * What the profiler counted, as figures of one operation (docs/profile.md): of each arm and cell those of one
 * boot, which in counted mode are those of all of them. An operation is a loop of the test; with
 * `subtract_setup`, a loop beside the first.
 *
 * Of a boot's loads the one with the median number of instructions is taken whole, so that the functions add up
 * to the total, and the total is the figure of the counted table.
 */

/* Instructions of an operation. */
struct profile_cost {
	double timed;	/* between the first and last reading of the clock; without such in the whole load */
	double outside;	/* in the rest of the load */
};

struct profile_function {
	char *name;			/* without what the compiler appends: ".part.0", ".isra.0", ".cold" */
	struct profile_cost *costs;	/* of each arm of the comparison; 0 where it was not executed */
	double layout;			/* largest distance of a rebuild of the baseline; NaN without one */
};

/* Distinct cache lines per call, over all calls of the load of all loops. */
struct profile_lines {
	double mean, median, p99, max;
};

struct profile_call {
	double calls;			/* NaN: there were none */
	double instructions;		/* of a call in the load of all loops, with what it calls */
	guint64 lost;
	struct profile_lines lines[RUN_LINES_KINDS];
};

struct profile_calls {
	const char *function;		/* borrowed from the run */
	struct profile_call *of;	/* of each arm */
};

/* One arm under one cell. */
struct profile_side {
	bool known;
	struct profile_cost total;
	double clock;			/* the same by the guest's clock; NaN when not timed */
};

struct profile_cell {
	guint cell;			/* of comparison.cells */
	bool timed;			/* in all arms somebody read the clock */
	struct profile_side *sides;	/* of each arm */
	GPtrArray *functions;		/* struct profile_function * */
	GPtrArray *calls;		/* struct profile_calls *, in the order of the manifest */
};

typedef struct profile {
	const struct comparison *comparison;	/* borrowed; must live as long */
	GPtrArray *cells;		/* struct profile_cell *: those of which there is a profile */
	char **refused;			/* for each arm why it is not compared, a sentence, or NULL */
} profile;

/* Empty when the run had no profiler. */
struct profile *profile_new(const struct comparison *c);
void profile_free(struct profile *p);

/* candidate - baseline of an operation: + is more work. */
static inline double profile_difference(const struct profile *p, const struct profile_function *f,
					unsigned int arm)
{
	return f->costs[arm].timed - f->costs[p->comparison->baseline - p->comparison->arms].timed;
}

/* What  is called in the source: "reclaim_list_global" for "reclaim_list_global.part.0". Caller frees. */
char *profile_source_name(const char *symbol);

/* The functions of @cell, those that differ most between @arm and the baseline first. Caller frees. */
GPtrArray *profile_by_difference(const struct profile *p, const struct profile_cell *cell, unsigned int arm);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(profile, profile_free)
