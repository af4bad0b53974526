// SPDX-License-Identifier: GPL-2.0-only
#include "overhead-table.h"

#include "contrast-cells.h"
#include "figure.h"
#include "notes.h"

static void add_step(GPtrArray *rows, const struct overhead_side *side, int step, bool counted)
{
	g_autofree char *name = g_strconcat("  ", overhead_step_name(step), NULL);
	g_autofree char *before = figure_time(side->before[step].median);
	g_autofree char *after = figure_time(side->after[step].median);
	g_autofree char *cost = contrast_cells_gain(&side->costs[step], counted);
	g_autofree char *interval = contrast_cells_interval(&side->costs[step]);

	page_add_row(rows, name, before, after, cost, counted ? "" : interval, NULL);
}

static void add_side(GPtrArray *rows, const struct overhead *o, unsigned int arm, guint cell)
{
	const struct comparison *c = o->comparison;
	g_autofree char *name = g_strdup_printf("%s %s", comparison_cell(c, cell),
						c->arms[arm].name);

	page_add_row(rows, name, NULL);
	for (int step = 0; step < OVERHEAD_STEPS; step++)
		add_step(rows, overhead_side(o, arm, cell), step, c->counted);
}

static void print_legend(const struct page *p, const struct comparison *c)
{
	g_autoptr(GPtrArray) notes = notes_new();

	notes_add(notes,
	    "cost %% = 100 (t(after) / t(before) - 1): + is slower. t: %s, %s; within each boot of the "
	    "tracing pass%s. off: nothing loaded. loaded: the tracer is loaded and attached to nothing, "
	    "the control; its maps lie in the trees that are measured. The timed tables have none of "
	    "these loads.",
	    comparison_metric_title(c->metric), run_unit(c->run),
	    c->counted ? "" : ", Hodges-Lehmann estimate over boots");
	page_notes(p, notes);
}

void overhead_table_print(const struct page *p, const struct overhead *o, const struct comparison_arm *only)
{
	const struct comparison *c = o->comparison;
	const struct page_column columns[] = {
		{ "cell and arm", 27, true },
		{ "before", FIGURE_TIME_WIDTH, false },
		{ "after", FIGURE_TIME_WIDTH, false },
		{ "cost %", FIGURE_GAIN_WIDTH, false },
		{ c->counted ? "" : "95 % interval", 16, false },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();

	if (!o->known)
		return;
	for (guint cell = 0; cell < c->cells->len; cell++) {
		for (unsigned int arm = 0; arm < c->arms_count; arm++) {
			if (&c->arms[arm] == c->baseline || comparison_is_printed(&c->arms[arm], only))
				add_side(rows, o, arm, cell);
		}
	}
	page_heading(p, "what the probes cost");
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
	print_legend(p, c);
}
