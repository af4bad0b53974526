/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/comparison.h"

/*
 * drift: how the figures of each arm move over the blocks. None when no boot differs from another, as in
 * counted runs.
 */
void drift_chart_add(struct drawings *all, const struct comparison *c);
