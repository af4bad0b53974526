/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "render/findings.h"

/*
 * Differential flame graphs, flame-ARM-CELL.svg in @dir for each shown arm: the baseline's samples above, the
 * candidate's below, each as wide as its share, coloured and hatched by what the candidate differs by. Beside
 * each flame-ARM-CELL.folded, of which other tools can draw it again. Nothing when the run was not
 * sampled. @ret_charts as of chart_draw().
 */
bool flame_draw(const struct findings *f, const char *dir, GPtrArray *ret_charts, GError **error);
