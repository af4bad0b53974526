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

/* A run, or those of the machines of a plan. */
typedef struct source_list {
	GPtrArray *list;		/* struct source *, at least one */
	GPtrArray *missing;		/* char *: names of machines that have no run */
} source_list;

/*
 * What is in the folder @dir. NULL with BENCH_ERROR_USAGE for a run of attach, BENCH_ERROR_FAILED when no
 * machine has a run.
 */
struct source_list *source_list_open(const char *dir, GError **error);
void source_list_free(struct source_list *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(source_list, source_list_free)

/* Whether the loads of @cell in @boot make a figure. */
bool source_counts(const struct source *s, const char *boot, const char *cell);

/* The row of @cell, or NULL when the plan has none of that name. */
const struct plan_row *source_row(const struct source *s, const char *cell);
