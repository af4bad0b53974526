/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Runs what the run in the folder @dir (prepare.h) still lacks: boot after boot in the order of its schedule,
 * each record into the journal as it comes; of a soak block after block, until its time is over or no arm is
 * left. Shows progress. True when nothing is missing; otherwise false with
 * BENCH_ERROR_KERNEL when an arm's kernel failed (its other boots are left out; without its baseline or without
 * any other arm the run ends), BENCH_ERROR_FAILED for a load without result, an interruption or the plan's time
 * limit, BENCH_ERROR_INFRA when the machinery failed. What was measured stays; the sentence says how to go on.
 */
bool sweep_run(const char *dir, GError **error);
