/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "plan/plan.h"

/*
 * Everything before the first boot: finds the accelerator, gets the kernels of @p, checks that they have the
 * tests that the plan names and that the memory suffices, and makes the run folder @dir (NULL:
 * runs/PLAN-DATE-TIME) with its manifest: plan as frozen, seed, kernels, host, the command line @argv. A folder
 * that exists is refused. Of a series run the kernels of patches may be missing: the manifest then says why.
 * Returns the folder's name, which the caller frees; on an error no folder is left.
 */
char *prepare_run(const struct plan *p, const char *dir, char **argv, GError **error);

/* The command line @argv as a manifest has it: a JSON array of its words behind that of the program. */
json_t *prepare_command(char **argv);

/* Where a run of @p goes when nobody says: runs/PLAN-DATE-TIME. Caller frees. */
char *prepare_dir(const struct plan *p);

/*
 * The same of a soak of @for_s seconds (docs/soak.md). BENCH_ERROR_USAGE when the plan is of counted mode, in
 * which every boot does what the one before it did.
 */
char *prepare_soak(const struct plan *p, const char *dir, unsigned int for_s, char **argv, GError **error);

/*
 * The same of a run whose boots have the profiler, which follows the calls of @functions (NULL-ended).
 * BENCH_ERROR_USAGE when the plan is not of counted mode, or has kernels whose functions are not known.
 */
char *prepare_profile(const struct plan *p, const char *dir, const char *const *functions, char **argv,
		      GError **error);

/*
 * The same of a run whose loads are sampled @hz times a second on each CPU, by @event or, when that is NULL,
 * the first that works. BENCH_ERROR_USAGE when the plan is of counted mode.
 */
char *prepare_samples(const struct plan *p, const char *dir, unsigned int hz, const char *event, char **argv,
		      GError **error);

