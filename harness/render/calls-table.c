// SPDX-License-Identifier: GPL-2.0-only
#include "calls-table.h"

#include <math.h>

#include "data.h"
#include "figure.h"
#include "latency.h"
#include "notes.h"

static const struct plan_row *cell_of(const struct calls *calls, const struct calls_row *row)
{
	return calls->comparison->cells->pdata[row->cell];
}

/* NaN when there are too few of them for it to be more than the largest. */
static double figure_of(const struct calls_line *line, enum latency_figure figure)
{
	bool enough = line->all.count >= latency_figures[figure].calls_min;

	return enough ? latency_figure_of(&line->all, figure) : NAN;
}

static void add_line(GPtrArray *rows, const struct calls_line *line)
{
	g_autofree char *name = g_strconcat("  ", line->of, NULL);
	g_autofree char *count = figure_short((double)line->all.count);
	g_autofree char *mean = figure_short(figure_of(line, LATENCY_MEAN));
	g_autofree char *p50 = figure_short(figure_of(line, LATENCY_P50));
	g_autofree char *p99 = figure_short(figure_of(line, LATENCY_P99));
	g_autofree char *max = figure_short(figure_of(line, LATENCY_MAX));

	page_add_row(rows, name, count, mean, p50, p99, max, NULL);
}

static void add_row(GPtrArray *rows, const struct calls *calls, const struct calls_row *row)
{
	g_autofree char *name = g_strdup_printf("%s %s, %s", cell_of(calls, row)->name, row->call,
						calls->comparison->arms[row->arm].name);

	page_add_row(rows, name, NULL);
	for (guint i = 0; i < row->lines->len; i++)
		add_line(rows, row->lines->pdata[i]);
}

static void print_legend(const struct page *p, const struct calls *calls)
{
	g_autoptr(GPtrArray) notes = notes_new();
	bool counted = calls->comparison->counted;

	notes_add(notes,
	    "calls: timed by the load itself, by the clock that the probes use, from before each call to "
	    "behind it; of all loads together. Below a call the function inside of it, once for each call, "
	    "as the probe saw it in the attached loads, with the kernel's own calls: it is shorter by the "
	    "rest of the call and by what the probe costs outside of its own two readings.%s",
	    counted ? " In counted mode that clock counts instructions: 1 ns is 1 instruction." : "");
	page_notes(p, notes);
}

static bool is_printed(const struct comparison *c, unsigned int arm, const struct comparison_arm *only)
{
	return &c->arms[arm] == c->baseline || comparison_is_printed(&c->arms[arm], only);
}

void calls_table_print(const struct page *p, const struct calls *calls, const struct comparison_arm *only)
{
	const struct page_column columns[] = {
		{ "cell, call and arm, ns", 35, true }, { "calls", FIGURE_SHORT_WIDTH, false },
		{ "mean", FIGURE_SHORT_WIDTH, false },	{ "p50", FIGURE_SHORT_WIDTH, false },
		{ "p99", FIGURE_SHORT_WIDTH, false },	{ "max", FIGURE_SHORT_WIDTH, false },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint i = 0; i < calls->rows->len; i++) {
		const struct calls_row *row = calls->rows->pdata[i];

		if (is_printed(calls->comparison, row->arm, only))
			add_row(rows, calls, row);
	}
	if (rows->len == 0)
		return;
	page_heading(p, "calls that the loads timed themselves");
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
	print_legend(p, calls);
}

static json_t *line_json(const struct calls *calls, const struct calls_row *row, const struct calls_line *line)
{
	json_t *object = json_object();

	data_text(object, "arm", calls->comparison->arms[row->arm].name);
	data_text(object, "cell", cell_of(calls, row)->name);
	data_text(object, "call", row->call);
	data_text(object, "of", line->of);
	data_text(object, "unit", calls->comparison->counted ? "instructions" : "ns");
	data_count(object, "calls", line->all.count);
	for (int figure = 0; figure < LATENCY_FIGURES; figure++)
		data_number(object, latency_figures[figure].name, figure_of(line, figure));
	return object;
}

void calls_table_data(const struct calls *calls, unsigned int arm, json_t *rows)
{
	for (guint i = 0; i < calls->rows->len; i++) {
		const struct calls_row *row = calls->rows->pdata[i];

		for (guint k = 0; row->arm == arm && k < row->lines->len; k++)
			json_array_append_new(rows, line_json(calls, row, row->lines->pdata[k]));
	}
}
