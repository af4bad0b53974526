// SPDX-License-Identifier: GPL-2.0-only
#include "selftest-table.h"

#include <math.h>

#include "contrast-cells.h"
#include "figure.h"
#include "notes.h"
#include "stats/power.h"
#include "stats/proportion.h"

static void print_nulls(const struct page *p, const struct selftest *s, bool counted)
{
	const struct page_column columns[] = {
		{ "cell", 27, true },	 { "arm", 19, true }, { "gain %", FIGURE_GAIN_WIDTH, false },
		{ contrast_cells_range_title(counted), 16, false }, { "", 3, true },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint i = 0; i < s->nulls->len; i++) {
		const struct selftest_null *null = &g_array_index(s->nulls, struct selftest_null, i);
		g_autofree char *gain = contrast_cells_gain(null->row, counted);
		g_autofree char *range = contrast_cells_range(null->row, counted);

		page_add_row(rows, null->cell, null->arm, gain, range, contrast_cells_mark(null->row), NULL);
	}
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static char *pct_cell(double pct)
{
	if (isnan(pct))
		return g_strdup("none");
	return isinf(pct) ? g_strdup("not at all") : g_strdup_printf("%.4g", pct);
}

static void print_canaries(const struct page *p, const struct selftest *s)
{
	static const struct page_column columns[] = {
		{ "cell", 27, true }, { "due from %", 11, false }, { "found from %", 12, false },
		{ "missed to %", 12, false }, { "found", 9, false },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint i = 0; i < s->rows->len; i++) {
		const struct selftest_row *row = &g_array_index(s->rows, struct selftest_row, i);
		g_autofree char *due = isnan(row->due_pct) ? g_strdup("n/a") : pct_cell(row->due_pct);
		g_autofree char *found = pct_cell(row->found_pct);
		g_autofree char *missed = pct_cell(row->missed_pct);
		g_autofree char *share = g_strdup_printf("%u of %u", row->due_found, row->due);

		page_add_row(rows, row->cell, due, found, missed, share, NULL);
	}
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static void add_false_marks(GPtrArray *notes, const struct selftest *s)
{
	const struct selftest_null *floor = selftest_noise_floor(s);
	struct proportion interval;
	g_autofree char *gain = NULL;

	if (!floor) {
		notes_add(notes, "marked falsely: not known, no row of the same kernel has figures.");
		return;
	}
	interval = proportion_interval(s->marked, s->judged, CONTRAST_LEVEL);
	gain = figure_gain(contrast_gain_pct(floor->row->effect.estimate));
	notes_add(notes, "marked falsely: %u of %u rows, %.1f %%; 95 %% interval %.1f to %.1f %%.", s->marked,
		  s->judged, 100.0 * s->marked / s->judged, 100 * interval.low, 100 * interval.high);
	notes_add(notes, "noise floor: what does the same work reads up to %s %% apart (%s of %s).", gain,
		  floor->cell, floor->arm);
}

static void add_canaries(GPtrArray *notes, const struct selftest *s)
{
	notes_add(notes, "slow-downs that are to be found: %u, of which %u were; %s.", s->due, s->due_found,
		  s->due == 0		     ? "this machine needs larger ones" :
		  selftest_found_enough(s) ? "as many as were promised" :
					     "fewer than were promised");
	if (s->reversed > 0)
		notes_add(notes, "WARNING: %u slow-down%s marked as a gain.", s->reversed,
			  s->reversed == 1 ? " is" : "s are");
}

void selftest_table_print(const struct page *p, const struct selftest *s, const struct comparison *c)
{
	g_autofree char *accelerator = notes_accelerator(c->run);
	g_autofree char *heading = g_strdup_printf("%s: %s",
						  selftest_passed(s) ? "PASSED" : "FAILED", accelerator);
	g_autoptr(GPtrArray) marks = notes_new();
	g_autoptr(GPtrArray) canaries = notes_new();

	page_heading(p, heading);
	add_false_marks(marks, s);
	add_canaries(canaries, s);
	print_nulls(p, s, c->counted);
	page_notes(p, marks);
	print_canaries(p, s);
	page_notes(p, canaries);
}

void selftest_table_legend(const struct page *p)
{
	g_autoptr(GPtrArray) notes = notes_new();

	notes_add(notes, "gain %% = 100 (t(baseline) / t(candidate) - 1). (I) or (R) where nothing differs is "
			 "a false mark; the interval of their share is Clopper and Pearson's, as if rows were "
			 "independent.");
	notes_add(notes,
		  "slow-downs: so many percent more calls of vmalloc() and vfree(). due from: time finds "
		  "them with a probability of %g %% or more, by the noise of the A/A run; counted, they "
		  "are twice the gate. found from: the smallest that was marked (R). missed to: the "
		  "largest that was not. found: of those due.",
		  100 * POWER_WANTED);
	page_notes(p, notes);
}
