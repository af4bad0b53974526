/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "journal/run.h"
#include "kernels/kernel.h"
#include "runners/runner.h"

/* The profiler of one boot, and what it wrote so far. */
struct profiler {
	char *map, *out, *functions;
	FILE *file;		/* @out, once there is something to read */
	struct runner_profile runner;
};

/* What a run watches unless it is told otherwise: NULL-ended, static. */
extern const char *const profiler_functions[];

/*
 * What the manifest of a run with the profiler says of it: "functions" and the digest of the plugin. New
 * reference; NULL with BENCH_ERROR_USAGE when a function has no name that a symbol could have.
 */
json_t *profiler_describe(const char *const *functions, GError **error);

/*
 * Whether the plugin is still the one that @described, which profiler_describe() gave, was begun with; if not,
 * BENCH_ERROR_USAGE.
 */
bool profiler_is_same(const json_t *described, GError **error);

/* For a boot of @k in the run @r, whose manifest says what is watched. */
void profiler_init(struct profiler *p, const struct run *r, const struct kernel *k);
/* The file goes as well. */
void profiler_release(struct profiler *p);

/*
 * The next load's line: an object, new reference. NULL with BENCH_ERROR_INFRA when the profiler has not written
 * one, or something else.
 */
json_t *profiler_next(struct profiler *p, GError **error);
