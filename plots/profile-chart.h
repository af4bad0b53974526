/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/findings.h"

/*
 * The charts of a run with the profiler, as chart_draw() has them: profile-CELL, instructions of an operation
 * in the functions that differ most; lines-CELL, cache lines of a call. A bar for the baseline and each shown
 * arm that is not refused. Nothing without a profile.
 */
bool profile_chart_draw(const struct findings *f, const char *dir, GError **error);
