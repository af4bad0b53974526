// SPDX-License-Identifier: GPL-2.0-only
#include "measure.h"

#include <stdio.h>

#include "base/msg.h"
#include "render/compare.h"
#include "sweep/sweep.h"

static bool print_table(const char *dir, GError **error)
{
	g_autoptr(run) r = run_read(dir, error);

	return r && compare_print(r, NULL, stdout, NULL, error);
}

int measure_run(const char *dir, GError **error)
{
	g_autoptr(GError) table_error = NULL;
	bool done;

	msg_info("run folder: %s", dir);
	done = sweep_run(dir, error);
	if (print_table(dir, &table_error))
		return done ? 0 : -1;
	/* A run that cannot be read has been told of by the sweep already. */
	if (done)
		g_propagate_error(error, g_steal_pointer(&table_error));
	return -1;
}
