/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/comparison.h"

/*
 * boots: every boot of every arm, the baseline's second label and rebuilds included, beside the baseline's
 * median. None without a baseline.
 */
void boots_chart_add(struct drawings *all, const struct comparison *c);
