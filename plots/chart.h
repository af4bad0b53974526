/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/findings.h"

/*
 * A picture that was drawn: STEM.svg and STEM.png in the folder of the charts, with STEM.dat, what is drawn,
 * and STEM.gp, by which gnuplot alone draws it again (docs/plot.md); a flame graph has STEM.svg and STEM.folded
 * alone (flame.h).
 */
struct chart {
	char *stem;		/* "gain-mt": fit for a file's name and an id */
	char *title;		/* "Gain: mt against rb", for a heading */
	char *caption;		/* what to read off it, a sentence or two */
};

/* An array of struct chart * that owns them, in the order in which they are to be read. */
GPtrArray *chart_list_new(void);

/*
 * Draws a run's charts into the folder @dir, which is made when missing, and appends them to @ret_charts
 * (chart_list_new(); NULL: nobody wants to know). A chart that has nothing to show is not drawn, which is no
 * error. BENCH_ERROR_INFRA when gnuplot is not installed, BENCH_ERROR_FAILED with its words when it fails.
 */
bool chart_draw(const struct findings *f, const char *dir, GPtrArray *ret_charts, GError **error);
