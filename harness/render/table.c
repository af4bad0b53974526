// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "calls-table.h"
#include "confound-print.h"
#include "contrast-cells.h"
#include "figure.h"
#include "latency-table.h"
#include "layout-table.h"
#include "live-memory-table.h"
#include "locks-table.h"
#include "memory-table.h"
#include "notes.h"
#include "overhead-table.h"
#include "page.h"
#include "profile-table.h"
#include "samples-table.h"
#include "sections-table.h"
#include "staircase-table.h"
#include "tally.h"
#include "table-data.h"
#include "timed-notes.h"

static void add_cell(GPtrArray *rows, const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	const struct contrast *row = &arm->rows[cell];
	const struct plan_row *plan_row = c->cells->pdata[cell];
	double base = comparison_baseline_series(c, arm, cell)->median,
	       own = comparison_series(arm, cell)->median;
	bool gated = comparison_is_gated(c, arm);
	g_autofree char *baseline = figure_time(c->baseline->failed ? NAN : base);
	g_autofree char *candidate = figure_time(arm->failed ? NAN : own);
	g_autofree char *gain = contrast_cells_gain(row, gated);
	g_autofree char *range = contrast_cells_range(row, gated);

	page_add_row(rows, plan_row->name, baseline, candidate, gain, range, contrast_cells_mark(row), NULL);
}

static void print_arm(const struct page *p, const struct comparison *c, const struct comparison_arm *arm)
{
	bool per_loop = c->run->plan->subtract_setup;
	const struct page_column columns[] = {
		{ "cell", 27, true },
		{ per_loop ? "base/loop" : "baseline", FIGURE_TIME_WIDTH, false },
		{ per_loop ? "cand/loop" : "candidate", FIGURE_TIME_WIDTH, false },
		{ "gain %", FIGURE_GAIN_WIDTH, false },
		{ contrast_cells_range_title(comparison_is_gated(c, arm)), 16, false },
		{ "", 3, true },
	};
	g_autofree char *heading = notes_heading(c, arm);
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint cell = 0; cell < c->cells->len; cell++)
		add_cell(rows, c, arm, cell);
	page_heading(p, heading);
	if (confound_refuses(arm->confound)) {
		confound_print_refusal(p, arm->confound, c->baseline->name, arm->name);
		return;
	}
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

/* A/A and layouts are printed when they are refused: the noise floor or the gate lacks them. */
static bool has_place(const struct comparison_arm *arm, const struct comparison_arm *only)
{
	return comparison_is_printed(arm, only) || (!only && confound_refuses(arm->confound));
}

static void add_tally(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *arm)
{
	g_autofree char *heading = notes_heading(c, arm);
	g_autoptr(tally) t = tally_new();

	for (guint cell = 0; cell < c->cells->len; cell++)
		tally_add(t, &arm->rows[cell], comparison_is_gated(c, arm),
			  comparison_cell(c, cell));
	tally_note(t, heading, notes);
}

static void print_tallies(const struct page *p, const struct comparison *c, const struct comparison_arm *only)
{
	g_autoptr(GPtrArray) notes = notes_new();

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (comparison_is_printed(&c->arms[i], only) && !confound_refuses(c->arms[i].confound))
			add_tally(notes, c, &c->arms[i]);
	}
	page_notes(p, notes);
}

static void print_staircase(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	(void)only;
	staircase_table_print(p, f->staircase);
}

static void print_timed(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	const struct comparison *c = f->comparison;
	g_autoptr(GPtrArray) below = timed_notes_below(c, only, page_is_brief(p));

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (has_place(&c->arms[i], only))
			print_arm(p, c, &c->arms[i]);
	}
	if (page_is_brief(p))
		print_tallies(p, c, only);
	page_notes(p, below);
}

static void print_memory(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	memory_table_print(p, f->comparison, only);
}

static void print_layout(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	layout_table_print(p, f->comparison, only);
}

static void print_sections(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	sections_table_print(p, f->comparison, only);
}

static void print_latency(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	latency_table_print(p, f->latency, only);
}

static void print_locks(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	locks_table_print(p, f->locks, only);
}

static void print_overhead(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	overhead_table_print(p, f->overhead, only);
}

static void print_profile(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	profile_table_print(p, f->profile, only);
}

static void print_lines(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	profile_table_print_lines(p, f->profile, only);
}

static void print_samples(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	samples_table_print(p, f->samples, only);
}

static void print_calls(const struct page *p, const struct findings *f, const struct comparison_arm *only)
{
	calls_table_print(p, f->calls, only);
}

static void print_live_memory(const struct page *p, const struct findings *f,
			      const struct comparison_arm *only)
{
	live_memory_table_print(p, f->live_memory, only);
}

static const struct {
	const char *name;
	void (*print)(const struct page *p, const struct findings *f, const struct comparison_arm *only);
	bool brief;			/* also where only what a patch mail needs is printed */
} parts[TABLE_ALL] = {
	[TABLE_STAIRCASE] = { "staircase", print_staircase, true },
	[TABLE_TIMED] = { "timed", print_timed, true },
	[TABLE_MEMORY] = { "memory", print_memory, false },
	[TABLE_LAYOUT] = { "layout", print_layout, false },
	[TABLE_SECTIONS] = { "sections", print_sections, false },
	[TABLE_LATENCY] = { "latency", print_latency, true },
	[TABLE_LOCKS] = { "locks", print_locks, true },
	[TABLE_OVERHEAD] = { "overhead", print_overhead, false },
	[TABLE_PROFILE] = { "profile", print_profile, false },
	[TABLE_LINES] = { "lines", print_lines, false },
	[TABLE_SAMPLES] = { "samples", print_samples, false },
	[TABLE_CALLS] = { "calls", print_calls, false },
	[TABLE_LIVE_MEMORY] = { "live", print_live_memory, true },
};

bool table_part_parse(const char *name, enum table_part *ret_part, GError **error)
{
	for (int i = 0; i < TABLE_ALL; i++) {
		if (!strcmp(parts[i].name, name)) {
			*ret_part = i;
			return true;
		}
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--only: \"%s\" is not known; expected staircase, timed, memory, layout, sections, latency, "
		    "locks, overhead, profile, lines, samples, calls or live",
		    name);
	return false;
}

static bool is_asked_for(const struct page *p, const struct findings *f, enum table_part asked,
			 const struct comparison_arm *only, enum table_part part)
{
	bool stands_for_times = f->staircase && !only;
	bool is_detail = part == TABLE_LAYOUT || part == TABLE_SECTIONS;

	if (asked != TABLE_ALL)
		return part == asked || (asked == TABLE_MEMORY && is_detail);
	if (is_detail || (page_is_brief(p) && !parts[part].brief))
		return false;
	if (part == TABLE_STAIRCASE)
		return stands_for_times;
	return !stands_for_times || (part != TABLE_TIMED && part != TABLE_MEMORY);
}

static void add_accelerator(GPtrArray *notes, const struct comparison *c)
{
	g_autofree char *accelerator = notes_accelerator(c->run);

	notes_add(notes, "accelerator: %s.", accelerator);
}

/* What was compared, and what it was measured on. */
static void print_above(const struct page *p, const struct comparison *c, enum table_part part)
{
	bool times = part == TABLE_ALL || part == TABLE_TIMED;
	g_autoptr(GPtrArray) above = timed_notes_above(c);
	g_autoptr(GPtrArray) origin = notes_origin(c);

	/* The table of times says it below. */
	if (page_is_brief(p) || !times)
		add_accelerator(above, c);
	page_notes(p, above);
	if (!page_is_brief(p))
		return;
	if (times)
		timed_notes_add_method(origin, c);
	page_notes(p, origin);
}

static void render_page(enum page_format format, const struct findings *f, enum table_part part,
			const struct comparison_arm *only, GString *out)
{
	const struct page p = { format, out };
	g_autoptr(GPtrArray) origin = notes_origin(f->comparison);
	g_autofree const char **command = notes_command(f->comparison->run);

	print_above(&p, f->comparison, part);
	for (int i = 0; i < TABLE_ALL; i++) {
		if (is_asked_for(&p, f, part, only, i))
			parts[i].print(&p, f, only);
	}
	if (!page_is_brief(&p))
		page_notes(&p, origin);
	page_command(&p, command);
}

static void render_text(const struct findings *f, enum table_part part, const struct comparison_arm *only,
			GString *out)
{
	render_page(PAGE_TEXT, f, part, only, out);
}

static void render_markdown(const struct findings *f, enum table_part part, const struct comparison_arm *only,
			    GString *out)
{
	render_page(PAGE_MARKDOWN, f, part, only, out);
}

static void render_cover(const struct findings *f, enum table_part part, const struct comparison_arm *only,
			 GString *out)
{
	render_page(PAGE_COVER, f, part, only, out);
}

static const struct {
	const char *name;
	void (*render)(const struct findings *f, enum table_part part, const struct comparison_arm *only,
		       GString *out);
} formats[] = {
	[TABLE_TEXT] = { "text", render_text },
	[TABLE_MARKDOWN] = { "markdown", render_markdown },
	[TABLE_CSV] = { "csv", table_data_csv },
	[TABLE_JSON] = { "json", table_data_json },
	[TABLE_COVER] = { "cover", render_cover },
};

bool table_format_parse(const char *name, enum table_format *ret_format, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
		if (!strcmp(formats[i].name, name)) {
			*ret_format = i;
			return true;
		}
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--format: \"%s\" is not known; expected text, markdown, csv, json or cover", name);
	return false;
}

void table_render(const struct findings *f, enum table_format format, enum table_part part,
		  const struct comparison_arm *arm, GString *out)
{
	formats[format].render(f, part, arm, out);
}

void table_print(const struct page *p, const struct findings *f, enum table_part part)
{
	parts[part].print(p, f, NULL);
}
