/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/findings.h"

/*
 * The charts of a run's tracing pass, as chart_draw() has them: latency-FUNCTION, the percentile curves of the
 * baseline and the shown arms, a panel for each cell; locks-CELL, waits per load as bars stacked by caller.
 * Arms that are refused (refusal.h) are left out, and the title says so. Nothing without such records.
 */
bool trace_chart_draw(const struct findings *f, const char *dir, GError **error);
