/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/findings.h"

/*
 * The charts of a run's tracing pass: latency-FUNCTION, the percentile curves of the baseline and the shown
 * arms, and histogram-FUNCTION, the distributions, a panel for each cell; locks-CELL, waits per load as bars
 * stacked by caller. Arms that are refused (refusal.h) are left out, and the title says so. Nothing without
 * such records.
 */
void trace_chart_add(struct drawings *all, const struct findings *f);
