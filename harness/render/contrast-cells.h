/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/contrast.h"

/* A contrast as the cells of a printed row. Strings are the caller's unless said otherwise. */

/* One boot has no spread that a percentage could be judged by: "n=1". A count needs none. */
char *contrast_cells_gain(const struct contrast *row, bool counted);

/* "[-1.20, +3.40]"; "none, n=5"; "n/a". */
char *contrast_cells_interval(const struct contrast *row);

/* The interval, or in counted mode "+-0.40", the gate. */
char *contrast_cells_range(const struct contrast *row, bool counted);

/* That column's title; static. */
const char *contrast_cells_range_title(bool counted);

/* "(I)", "(R)", "(=)", "(?)", "n/a"; static. */
const char *contrast_cells_mark(const struct contrast *row);
