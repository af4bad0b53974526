/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "plan/plan.h"

/*
 * The folder of a plan that lists machines: a whole run folder for each of them, by its name, and a
 * manifest.json of "kind":"machines" that says which there are to be (docs/journal.md). The figures of two
 * machines never meet in one run.
 */
#define MACHINES_KIND "machines"

typedef struct machines {
	char *dir;
	json_t *manifest;
	GPtrArray *names;		/* char *, in the order of the plan */
} machines;

/* Whether @dir is such a folder. */
bool machines_is(const char *dir);

/*
 * Makes the folder @dir, which must not be there, for @plans (struct plan *, of one text and a machine each);
 * @command: the words of the command line, a JSON array.
 */
struct machines *machines_create(const char *dir, const GPtrArray *plans, const json_t *command,
				 GError **error);
struct machines *machines_read(const char *dir, GError **error);

/* The run folder of the machine @name, which may not be there yet. Caller frees. */
char *machines_run(const struct machines *m, const char *name);

/* Whether it is, and can be gone on with. */
bool machines_has_run(const struct machines *m, const char *name);

/*
 * Takes away what is left of a run whose making was killed before it had its manifest. False when something was
 * measured there.
 */
bool machines_clear_begun(const struct machines *m, const char *name, GError **error);

/*
 * Whether the kernels of the run of @name are made of what those of the same arms of the other machines are, as
 * far as their architectures allow; otherwise BENCH_ERROR_USAGE. A patch may have changed since their runs were
 * made.
 */
bool machines_check_kernels(const struct machines *m, const char *name, GError **error);

/* The plan as it was when the folder was made, for the machine @name. */
struct plan *machines_plan(const struct machines *m, const char *name, GError **error);

/* Whether none of its runs has begun; then the folder is taken away. */
bool machines_remove_empty(const struct machines *m);
void machines_free(struct machines *m);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(machines, machines_free)
