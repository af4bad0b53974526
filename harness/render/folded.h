/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/samples.h"

/*
 * Writes the samples of each arm under each cell as @dir/ARM-CELL.folded, which flame graph tools read: a line
 * for each stack, its functions from the oldest caller on with semicolons between them, a blank, and how many
 * samples all boots have of it. In the order of the text. BENCH_ERROR_INFRA when it cannot be written.
 */
bool folded_write(const struct samples *s, const char *dir, GError **error);
