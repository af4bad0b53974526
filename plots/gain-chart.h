/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/comparison.h"

/*
 * gain-ARM and gain-sorted-ARM, in the plan's order and by the gain, and heat-ARM, by test and threads, of
 * each shown arm. None of the last two with a single row.
 */
void gain_chart_add(struct drawings *all, const struct comparison *c);
