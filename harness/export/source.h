/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "journal/run.h"
#include "render/comparison.h"

/* A run that is exported, and what is looked up in it. */
struct source {
	char *name; /* the folder's; of a machine's run with that of the folder around it */
	struct run *run;
	struct comparison *comparison;
	GPtrArray *boots; /* struct source_boot *, in the order of the journal */
	GHashTable *of_boot;		/* name to struct source_boot, borrowed */
	GArray *loads; /* struct source_load: timed, with one loop, traced */
	GPtrArray *cells; /* char *, borrowed: the plan's rows, then others that the journal names */
};

struct source_load {
	const struct run_load *load; /* borrowed from the run */
	const char *kind; /* "timed", "setup", "off", "loaded", "attached" */
};

struct source_boot {
	const char *name, *arm; /* borrowed from the run */
	unsigned int block;
	bool traced;
	const struct run_boot_end *end; /* borrowed; NULL: it has none */
	json_t *up; /* what the guest said of itself, or NULL */
	GHashTable *cells; /* those of which it has a figure that counts (run_complete_cells()) */
};

/*
 * Array of struct source *: the run in the folder @dir, or those of its machines; the caller unrefs. Appended
 * to @missing (char *): the names of machines without a run. NULL with BENCH_ERROR_USAGE for a run of attach,
 * BENCH_ERROR_FAILED when no machine has a run.
 */
GPtrArray *sources_open(const char *dir, GPtrArray *missing, GError **error);

/* Whether the loads of @cell in @boot make a figure. */
bool source_counts(const struct source *s, const char *boot, const char *cell);

/* The row of @cell, or NULL when the plan has none of that name. */
const struct plan_row *source_row(const struct source *s, const char *cell);
