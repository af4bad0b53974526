/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/findings.h"

/*
 * Draws a run's charts into the folder @dir, which is made when missing: gain-ARM per shown arm and threads, or
 * of a series run staircase, and of a tracing pass latency-FUNCTION and locks-CELL, of loads that hold
 * areas live-CELL; each as .dat (what is
 * drawn, to be redrawn by anyone), .svg and .png. BENCH_ERROR_INFRA when gnuplot is not installed,
 * BENCH_ERROR_FAILED with its words when it fails. docs/statistics.md describes the columns of the .dat files.
 */
bool chart_draw(const struct findings *f, const char *dir, GError **error);
