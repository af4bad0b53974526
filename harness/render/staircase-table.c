// SPDX-License-Identifier: GPL-2.0-only
#include "staircase-table.h"

#include "contrast-cells.h"
#include "data.h"
#include "figure.h"
#include "notes.h"
#include "tally.h"
#include "timed-notes.h"

static const char *cell_name(const struct comparison *c, guint cell)
{
	return ((const struct plan_row *)c->cells->pdata[cell])->name;
}

static bool has_no_kernel(const struct comparison_arm *arm)
{
	return arm->failed && !arm->failed->boot;
}

/* @before: the step before it that has a kernel. */
static void add_sizes(GPtrArray *rows, const struct staircase_step *step, const struct staircase_step *before)
{
	g_autofree char *name = staircase_step_name(step);
	g_autofree char *area = memory_text(&step->memory, MEMORY_VMAP_AREA);
	g_autofree char *text = memory_text(&step->memory, MEMORY_TEXT);
	g_autofree char *change = before ? memory_change(&before->memory, &step->memory, MEMORY_TEXT) :
					   g_strdup("");
	g_autofree char *image = memory_text(&step->memory, MEMORY_IMAGE);

	if (has_no_kernel(step->arm))
		page_add_row(rows, name, "no kernel", NULL);
	else
		page_add_row(rows, name, area, text, change, image, NULL);
}

static void print_patches(const struct page *p, const struct staircase *s)
{
	static const struct page_column columns[] = {
		{ "patch", 37, true }, { "vmap_area", 9, false }, { "vmalloc.o", 9, false },
		{ "+/-", 7, false },   { "image", 9, false },
	};
	g_autofree char *heading = g_strdup_printf("%u patches on %s, and what their kernels take in bytes",
						   s->comparison->run->plan->patches->len,
						   s->steps[0].arm->name);
	g_autoptr(GPtrArray) rows = page_rows_new();
	const struct staircase_step *before = NULL;

	for (guint i = 0; i < s->count; i++) {
		add_sizes(rows, &s->steps[i], before);
		if (!has_no_kernel(s->steps[i].arm))
			before = &s->steps[i];
	}
	page_heading(p, heading);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static void add_step(GPtrArray *rows, const struct comparison *c, const struct staircase_step *step, guint cell)
{
	bool gated = comparison_is_gated(c, step->arm);
	const struct contrast *base = &step->arm->rows[cell], *previous = &step->rows[cell];
	g_autofree char *time = figure_time(comparison_series(step->arm, cell)->median);
	g_autofree char *over_base = contrast_cells_gain(base, gated);
	g_autofree char *base_range = contrast_cells_range(base, gated);
	g_autofree char *over_previous = contrast_cells_gain(previous, gated);
	g_autofree char *previous_range = contrast_cells_range(previous, gated);

	if (step->arm->failed)
		page_add_row(rows, step->arm->name, "FAILED", NULL);
	else if (!step->patch || step->arm == c->baseline)
		page_add_row(rows, step->arm->name, time, NULL);
	else
		page_add_row(rows, step->arm->name, time, over_base, base_range, contrast_cells_mark(base),
			     over_previous, previous_range, contrast_cells_mark(previous), NULL);
}

static void print_cell(const struct page *p, const struct staircase *s, guint cell)
{
	const struct comparison *c = s->comparison;
	const char *range = contrast_cells_range_title(comparison_is_gated(c, c->baseline));
	const struct page_column columns[] = {
		{ "patch", 8, true },
		{ c->run->plan->subtract_setup ? "t/loop" : "t", FIGURE_TIME_WIDTH, false },
		{ "base %", FIGURE_GAIN_WIDTH, false },
		{ range, 16, false },
		{ "", 3, true },
		{ "prev %", FIGURE_GAIN_WIDTH, false },
		{ range, 16, false },
		{ "", 3, true },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint i = 0; i < s->count; i++)
		add_step(rows, c, &s->steps[i], cell);
	page_heading(p, cell_name(c, cell));
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

/* Where the kernel before a step is not that of the patch before it. */
static void add_gaps(GPtrArray *notes, const struct staircase *s)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (guint i = 1; i < s->count; i++) {
		const struct staircase_step *step = &s->steps[i];

		if (!step->arm->failed && step->previous != s->steps[i - 1].arm)
			g_string_append_printf(list, "%s that of %s is %s", list->len ? "," : "",
					       step->arm->name, step->previous->name);
	}
	if (list->len)
		notes_add(notes, "The kernel before is the nearest that did not fail:%s.", list->str);
}

static void print_legend(const struct page *p, const struct staircase *s)
{
	const struct comparison *c = s->comparison;
	bool gated = comparison_is_gated(c, c->baseline);
	g_autoptr(GPtrArray) notes = notes_new();

	notes_add(notes,
		  "base %%: gain of the kernel with all patches so far over %s. prev %%: over the kernel "
		  "before it, that is, what this patch buys.",
		  c->baseline->name);
	if (gated)
		notes_add(notes,
			  "From patch 2 on the gate of prev %% is wider: two images stand against each other, "
			  "each with a layout of its own, and neither of them is the baseline.");
	else
		notes_add(notes, "Each of the two columns is a family of its own.");
	add_gaps(notes, s);
	page_notes(p, notes);
}

void staircase_table_add_steps(GPtrArray *notes, const struct staircase *s)
{
	const struct comparison *c = s->comparison;
	g_autoptr(tally) steps = tally_new();

	for (guint i = 1; i < s->count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++) {
			const struct staircase_step *step = &s->steps[i];
			g_autofree char *name =
				g_strdup_printf("%s by patch %s", cell_name(c, cell), step->arm->name);

			tally_add(steps, &step->rows[cell], comparison_is_gated(c, step->arm), name);
		}
	}
	tally_note(steps, "each patch against the kernel before it", notes);
}

/* What all patches come to, and what each of them made slower. */
static void add_tallies(GPtrArray *notes, const struct staircase *s)
{
	const struct comparison *c = s->comparison;
	const struct staircase_step *last = &s->steps[s->count - 1];
	g_autofree char *all = notes_heading(c, last->arm);
	g_autoptr(tally) total = tally_new();

	for (guint cell = 0; cell < c->cells->len; cell++)
		tally_add(total, &last->arm->rows[cell], comparison_is_gated(c, last->arm), cell_name(c, cell));
	tally_note(total, all, notes);
	staircase_table_add_steps(notes, s);
}

void staircase_table_print(const struct page *p, const struct staircase *s)
{
	g_autoptr(GPtrArray) below = NULL;

	if (!s)
		return;
	print_patches(p, s);
	for (guint cell = 0; cell < s->comparison->cells->len; cell++)
		print_cell(p, s, cell);
	print_legend(p, s);
	below = timed_notes_below(s->comparison, NULL, page_is_brief(p));
	if (page_is_brief(p))
		add_tallies(below, s);
	page_notes(p, below);
}

/* @row with what @contrast has, each key behind @prefix. */
static void add_contrast(json_t *row, const char *prefix, const struct contrast *contrast, bool counted)
{
	g_autojson keys = json_object();
	const char *key;
	json_t *value;

	data_text(keys, "verdict", contrast->missing ? NULL : verdict_name(contrast->verdict));
	data_contrast(keys, contrast, counted);
	data_text(keys, "missing", contrast->missing);
	json_object_foreach(keys, key, value) {
		g_autofree char *prefixed = g_strconcat(prefix, "_", key, NULL);

		json_object_set(row, prefixed, value);
	}
}

static json_t *step_data(const struct comparison *c, const struct staircase_step *step, guint cell)
{
	const struct comparison_arm *arm = step->arm;
	bool gated = comparison_is_gated(c, arm);
	json_t *row = json_object();

	data_text(row, "arm", arm->name);
	data_text(row, "file", step->patch ? step->patch->file : NULL);
	data_text(row, "subject", step->patch ? step->patch->subject : NULL);
	data_text(row, "failed", arm->failed ? run_class_name(arm->failed->class) : NULL);
	data_text(row, "boot", arm->failed ? arm->failed->boot : NULL);
	data_text(row, "why", arm->failed ? arm->failed->why : NULL);
	data_text(row, "cell", cell_name(c, cell));
	data_text(row, "unit", comparison_unit(c));
	data_series(row, "time", comparison_series(arm, cell));
	add_contrast(row, "base", &arm->rows[cell], gated);
	data_text(row, "previous", step->previous ? step->previous->name : NULL);
	add_contrast(row, "previous", &step->rows[cell], gated);
	memory_add_data(row, &step->memory);
	return row;
}

json_t *staircase_table_data(const struct staircase *s)
{
	json_t *rows = json_array();

	for (guint i = 0; s && i < s->count; i++) {
		for (guint cell = 0; cell < s->comparison->cells->len; cell++)
			json_array_append_new(rows, step_data(s->comparison, &s->steps[i], cell));
	}
	return rows;
}
