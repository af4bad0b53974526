// SPDX-License-Identifier: GPL-2.0-only
#include "course.h"

#include <math.h>

#define HEADER "# panel after panel, in each line after line: when, figure\n"

struct drawing *course_new(const char *name)
{
	struct drawing *d = drawing_new("course.gp", name);

	g_string_append(d->data, HEADER);
	return d;
}

void course_add_point(struct drawing *d, double at, double figure)
{
	drawing_add_number(d, at);
	drawing_add_number(d, figure);
	g_string_append_c(d->data, '\n');
}

/* gnuplot counts the lines: one without a point has to be there. */
void course_end_line(struct drawing *d)
{
	if (g_str_has_suffix(d->data->str, "\n\n") || g_str_has_suffix(d->data->str, HEADER))
		course_add_point(d, NAN, NAN);
	g_string_append(d->data, "\n\n");
}

void course_finish(struct drawing *d, const GPtrArray *panels, const GPtrArray *labels, const char *unit)
{
	drawing_set_list(d, "panels", panels);
	drawing_set_list(d, "arms", labels);
	drawing_set_text(d, "unit", unit);
}
