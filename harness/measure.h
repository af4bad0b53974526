/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * Runs what the run in @dir lacks (sweep_run()) and prints its comparison to standard output, also when it did
 * not end well: what was measured is worth a table. Returns 0, or -1 with @error; for commands.
 */
int measure_run(const char *dir, GError **error);

/*
 * The same for a plan on several machines, whose folder is @dir (journal/machines.h): makes the runs that are
 * not there yet, runs what each of them lacks, one after the other, and prints them all. A machine that fails
 * keeps none of the others from its run; what went wrong is said as it happens. Returns the worst exit status,
 * or -1 with @error.
 */
int measure_machines(const char *dir, GError **error);
