/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/staircase.h"

/*
 * Draws the chart "staircase" into the folder @dir, which drawing_prepare() has seen: per test the gain over
 * the base after each patch, marked by what the patch does to the kernel before it. Errors as of
 * drawing_draw().
 */
bool staircase_chart_draw(const struct staircase *s, const char *dir, GError **error);
