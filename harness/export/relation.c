// SPDX-License-Identifier: GPL-2.0-only
#include "relation.h"

#include <math.h>

const struct relation *const relations[] = {
	&relation_run,	    &relation_arm,    &relation_patch,
	&relation_cell,	    &relation_boot,   &relation_load,
	&relation_worker,   &relation_loads,  &relation_splat,
	&relation_hist,	    &relation_bucket, &relation_lock,
	&relation_caller,   &relation_events, &relation_profile,
	&relation_followed, &relation_lines,  &relation_meminfo,
	&relation_slabinfo, NULL,
};

static struct relation_value *next(struct relation_rows *rows, enum relation_type type)
{
	g_assert(rows->count < rows->relation->columns_count);
	g_assert(rows->relation->columns[rows->count].type == type);
	return &rows->values[rows->count++];
}

void relation_text(struct relation_rows *rows, const char *text)
{
	*next(rows, RELATION_TEXT) = (struct relation_value){ .known = text, .text = text };
}

void relation_none(struct relation_rows *rows)
{
	enum relation_type type = rows->relation->columns[rows->count].type;

	*next(rows, type) = (struct relation_value){ .known = false };
}

void relation_count(struct relation_rows *rows, guint64 count)
{
	*next(rows, RELATION_INTEGER) =
		(struct relation_value){ .known = true, .integer = (gint64)MIN(count, G_MAXINT64) };
}

void relation_size(struct relation_rows *rows, guint64 size)
{
	relation_count(rows, size);
	rows->values[rows->count - 1].known = size;
}

void relation_number(struct relation_rows *rows, double number)
{
	*next(rows, RELATION_REAL) = (struct relation_value){ .known = isfinite(number), .real = number };
}

void relation_place(struct relation_rows *rows, const struct source *s, const struct run_at *at)
{
	relation_text(rows, s->name);
	relation_text(rows, at->boot);
	relation_text(rows, at->cell);
	relation_count(rows, at->load);
}

void relation_end(struct relation_rows *rows)
{
	g_assert(rows->count == rows->relation->columns_count);
	rows->count = 0;
	if (!rows->error)
		rows->add(rows, &rows->error);
}
