/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * Runs what the run in @dir lacks (sweep_run()) and prints its comparison to standard output, also when it did
 * not end well: what was measured is worth a table. Returns 0, or -1 with @error; for commands.
 */
int measure_run(const char *dir, GError **error);
