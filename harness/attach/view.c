// SPDX-License-Identifier: GPL-2.0-only
#include "view.h"

#include "tables.h"

#define TALL 18			/* the tables are not all that there is room for */
#define BARS_MIN 4		/* with their head; fewer say nothing */

static guint room(const GPtrArray *lines, guint height)
{
	return height > lines->len ? height - lines->len : 0;
}

/* Locks get what they need, but no more than half of what is left as long as there are bars to be shown. */
static guint lines_for_locks(guint left, guint locks, guint bars)
{
	guint wanted = locks > 0 ? locks + 1 : 0;
	guint behind_bars = left > bars + 1 ? left - bars - 1 : 0;

	return bars > 0 ? MIN(wanted, MAX(left / 2, behind_bars)) : MIN(wanted, left);
}

static void add_rest(GPtrArray *lines, const struct moment *m, guint width, guint height)
{
	guint left = room(lines, height), bars = tables_busiest_lines(m);
	guint for_locks = lines_for_locks(left, tables_lock_lines(m), bars);

	if (bars > 0 && left >= for_locks + 1 + BARS_MIN) {
		tables_add_blank(lines);
		tables_add_busiest(lines, m, width, left - for_locks - 2);
	}
	if (for_locks > 2) {
		tables_add_blank(lines);
		tables_add_locks(lines, m, width, for_locks - 2);
	}
}

GPtrArray *view_screen(const struct moment *m, bool total, guint width, guint height)
{
	GPtrArray *lines = tables_new();

	tables_add_title(lines, m, total ? "total, t: interval" : "interval, t: total", width);
	if (height >= TALL)
		tables_add_collectors(lines, m, width);
	tables_add_state(lines, m, width);
	tables_add_blank(lines);
	tables_add_latency(lines, m, width);
	add_rest(lines, m, width, height);
	if (lines->len > height)
		g_ptr_array_set_size(lines, height);
	return lines;
}

GPtrArray *view_block(const struct moment *m, bool total, guint width)
{
	GPtrArray *lines = tables_new();

	tables_add_title(lines, m, total ? "total" : "", width);
	tables_add_state(lines, m, width);
	tables_add_latency(lines, m, width);
	if (total)
		tables_add_busiest(lines, m, width, G_MAXUINT);
	tables_add_locks(lines, m, width, G_MAXUINT);
	tables_add_blank(lines);
	return lines;
}
