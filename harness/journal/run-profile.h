/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "run-trace.h"

/*
 * What the profiler counted during the loads of a run (docs/journal.md): instructions of each function, and the
 * calls of some functions with the cache lines that they touched.
 */
enum run_lines {
	RUN_LINES_DATA,		/* read or written, the stack's included */
	RUN_LINES_WRITTEN,	/* of these, written */
	RUN_LINES_STACK,	/* of these, the stack's */
	RUN_LINES_CODE,		/* fetched as instructions */
	RUN_LINES_KINDS,
};

/* "data", "written", "stack", "code", as in the journal. */
const char *run_lines_name(enum run_lines kind);

/* Instructions between the first and the last reading of the clock (0: untimed), in the whole load. */
struct run_count {
	guint64 timed, whole;
};

struct run_function {
	char *name;	/* as in System.map: "alloc_vmap_area", "reclaim_list_global.part.0", "[user]" */
	struct run_count count;
};

/* So many calls touched so many lines. */
struct run_tally {
	guint64 lines, calls;
};

struct run_followed {
	char *function;
	guint64 calls;			/* that returned during the load */
	guint64 instructions;		/* of these, with what they called */
	guint64 lost;
	GArray *lines[RUN_LINES_KINDS];	/* struct run_tally, ascending, whose calls add up to calls */
};

/* One load. */
struct run_profile {
	struct run_at at;
	struct run_count all;		/* the sum of the functions' counts */
	unsigned int clocks;		/* how often a module read the clock */
	GArray *functions;		/* struct run_function */
	GPtrArray *calls;		/* struct run_followed * */
};

/* Whether the boots of @r had the profiler. */
bool run_is_profiled(const struct run *r);

/* The functions whose calls it followed: borrowed strings; caller frees. */
GPtrArray *run_profiled_functions(const struct run *r);

/* NULL when that load has none. Borrowed. */
const struct run_profile *run_find_profile(const struct run *r, const struct run_load *load);
