/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/profile.h"

/*
 * The charts of a run with the profiler: profile-CELL, instructions of an operation in the functions that
 * differ most; lines-CELL, cache lines of a call. A bar for the baseline and each shown arm that is not
 * refused. Nothing without a profile.
 */
void profile_chart_add(struct drawings *all, const struct profile *p);
