// SPDX-License-Identifier: GPL-2.0-only
#include "live-memory-table.h"

#include <math.h>

#include "data.h"
#include "notes.h"

static const struct plan_row *row_of(const struct live_memory *m, const struct live_cell *cell)
{
	return m->comparison->cells->pdata[cell->cell];
}

/* Of one moment of one figure, or of several figures together. */
struct line {
	double base, own, floor;
};

static char *bytes_text(double bytes)
{
	/* No "-0.00". */
	return isnan(bytes) ? g_strdup("n/a") : g_strdup_printf("%.2f", fabs(bytes) < 0.005 ? 0.0 : bytes);
}

static void add_line(GPtrArray *rows, const char *name, const struct line *line)
{
	double change = line->own - line->base;
	g_autofree char *head = g_strconcat("  ", name, NULL);
	g_autofree char *base = bytes_text(line->base);
	g_autofree char *own = bytes_text(line->own);
	g_autofree char *plain = bytes_text(change);
	g_autofree char *difference = g_strconcat(change >= 0.005 ? "+" : "", plain, NULL);
	g_autofree char *floor = bytes_text(line->floor);

	page_add_row(rows, head, base, own, difference, floor, NULL);
}

static struct line line_of(const struct live_memory *m, const struct live_figure *figure, unsigned int arm,
			   enum run_moment moment)
{
	unsigned int baseline = m->comparison->baseline - m->comparison->arms;

	return (struct line){
		.base = figure->sides[baseline].moments[moment].median,
		.own = figure->sides[arm].moments[moment].median,
		.floor = live_memory_floor(m, figure, moment),
	};
}

static void add_caches(GPtrArray *rows, const struct live_memory *m, const struct live_cell *cell,
		       unsigned int arm)
{
	struct line rest = { 0 };

	for (guint i = 0; i < cell->figures->len; i++) {
		const struct live_figure *figure = cell->figures->pdata[i];
		struct line line = line_of(m, figure, arm, RUN_HELD);

		if (figure->kind != LIVE_CACHE)
			continue;
		if (live_memory_is_named(m, figure)) {
			add_line(rows, figure->name, &line);
			continue;
		}
		rest.base += line.base;
		rest.own += line.own;
		rest.floor += line.floor;
	}
	add_line(rows, "other caches", &rest);
}

static void add_cell(GPtrArray *rows, const struct live_memory *m, const struct live_cell *cell,
		     unsigned int arm)
{
	page_add_row(rows, row_of(m, cell)->name, NULL);
	add_caches(rows, m, cell, arm);
	for (guint i = 0; i < cell->figures->len; i++) {
		const struct live_figure *figure = cell->figures->pdata[i];
		struct line held = line_of(m, figure, arm, RUN_HELD);
		struct line freed = line_of(m, figure, arm, RUN_FREED);
		struct line dropped = line_of(m, figure, arm, RUN_DROPPED);

		if (figure->kind == LIVE_CACHE)
			continue;
		add_line(rows, figure->name, &held);
		if (figure->kind != LIVE_TOTAL)
			continue;
		add_line(rows, "left when they are freed", &freed);
		add_line(rows, "left when caches are dropped", &dropped);
	}
}

static void print_arm(const struct page *p, const struct live_memory *m, const struct comparison_arm *arm)
{
	static const struct page_column columns[] = {
		{ "cell, bytes for each area", 31, true }, { "baseline", 10, false },
		{ "candidate", 10, false },		   { "difference", 10, false },
		{ "floor", 10, false },
	};
	g_autofree char *against = notes_heading(m->comparison, arm);
	g_autofree char *heading = g_strconcat("live memory: ", against, NULL);
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint i = 0; i < m->cells->len; i++)
		add_cell(rows, m, m->cells->pdata[i], arm - m->comparison->arms);
	page_heading(p, heading);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static void print_legend(const struct page *p)
{
	g_autoptr(GPtrArray) notes = notes_new();

	notes_add(notes,
	    "live memory: what there is more of while the areas are held, beside their pages, for each of "
	    "them: whole slabs by /proc/slabinfo, Percpu and PageTables by /proc/meminfo; of a boot's first "
	    "load, then the median over boots. kmalloc-96, -64: vm_struct; kmalloc-8: its array of pages.");
	notes_add(notes,
	    "floor: how far apart boots of the baseline's kernel are, the A/A arm's among them; a difference "
	    "that is no larger shows nothing.");
	page_notes(p, notes);
}

void live_memory_table_print(const struct page *p, const struct live_memory *m,
			     const struct comparison_arm *only)
{
	const struct comparison *c = m->comparison;
	bool printed = false;

	for (unsigned int i = 0; m->cells->len && i < c->arms_count; i++) {
		if (!comparison_is_beside(&c->arms[i], only))
			continue;
		print_arm(p, m, &c->arms[i]);
		printed = true;
	}
	if (printed)
		print_legend(p);
}

static const char *const kind_names[] = {
	[LIVE_CACHE] = "cache",
	[LIVE_PERCPU] = "percpu",
	[LIVE_PAGE_TABLES] = "page tables",
	[LIVE_TOTAL] = "total",
};

static json_t *figure_row(const struct live_memory *m, const struct live_cell *cell,
			  const struct live_figure *figure, unsigned int arm)
{
	const struct live_side *side = &figure->sides[arm];
	json_t *row = json_object();

	data_text(row, "arm", m->comparison->arms[arm].name);
	data_text(row, "cell", row_of(m, cell)->name);
	data_count(row, "areas", cell->areas);
	data_text(row, "kind", kind_names[figure->kind]);
	data_text(row, "name", figure->name);
	data_series(row, "held_bytes_per_area", &side->moments[RUN_HELD]);
	data_number(row, "freed_bytes_per_area", side->moments[RUN_FREED].median);
	data_number(row, "dropped_bytes_per_area", side->moments[RUN_DROPPED].median);
	data_number(row, "floor_bytes_per_area", live_memory_floor(m, figure, RUN_HELD));
	return row;
}

void live_memory_table_data(const struct live_memory *m, unsigned int arm, json_t *rows)
{
	for (guint i = 0; i < m->cells->len; i++) {
		const struct live_cell *cell = m->cells->pdata[i];

		for (guint f = 0; f < cell->figures->len; f++)
			json_array_append_new(rows, figure_row(m, cell, cell->figures->pdata[f], arm));
	}
}
