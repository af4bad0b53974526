/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "plan/plan.h"

/*
 * Finds the patches of the series in the plan at @path, on @target (may be NULL), that changed @test, a row of
 * it (or a test with one row): measures the base and all patches, then what plan/bisection.h asks for, each
 * step a run of its own in the folder @out (NULL: runs/bisect-DATE-TIME), and prints how it went. @command: the
 * words for the manifests. Returns 0, or -1 with @error, BENCH_ERROR_FAILED when the two ends do not differ.
 */
int bisect_series(const char *path, const struct plan_target *target, const char *test, const char *out,
		  char **command, GError **error);
