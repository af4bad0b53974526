/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "journal/attach-run.h"

/*
 * Draws one or two runs of attach (@after NULL: one) into the folder @dir, as chart_draw() does:
 * latency-FUNCTION and histogram-FUNCTION; locks, waits per second as bars stacked by caller; purges, what was
 * purged from sample to sample.
 */
bool attach_chart_draw(const struct attach_run *before, const struct attach_run *after, const char *dir,
		       GPtrArray *ret_charts, GError **error);
