/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawing.h"

/*
 * A chart of figures in the order of time (course.gp): panels, and in each a line for every label. Points are
 * added line after line, panel after panel; a line without points is one call of course_end_line() alone.
 */
struct drawing *course_new(const char *name);
void course_add_point(struct drawing *d, double at, double figure);
void course_end_line(struct drawing *d);

/* What the lines and panels (char *) are called, and what the horizontal axis counts. */
void course_finish(struct drawing *d, const GPtrArray *panels, const GPtrArray *labels, const char *unit);
