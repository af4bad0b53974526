// SPDX-License-Identifier: GPL-2.0-only
#include "locks-table.h"

#include <math.h>
#include <string.h>

#include "figure.h"
#include "journal/run-trace.h"
#include "notes.h"
#include "refusal.h"

/* Of each arm, by their waits. */
#define CALLERS_SHOWN 3

static const struct page_column columns[] = {
	{ "cell, lock, caller", 27, true },
	{ "b.waits", FIGURE_SHORT_WIDTH, false },
	{ "c.waits", FIGURE_SHORT_WIDTH, false },
	{ "b.us", FIGURE_SHORT_WIDTH, false },
	{ "c.us", FIGURE_SHORT_WIDTH, false },
	{ "b.max", FIGURE_SHORT_WIDTH, false },
	{ "c.max", FIGURE_SHORT_WIDTH, false },
};

#define COLUMNS_WITHOUT_TIMES 3

static void add_lock(GPtrArray *rows, const char *lock, const struct locks_side *base,
		     const struct locks_side *side)
{
	g_autofree char *name = g_strconcat("  ", lock, NULL);
	g_autofree char *base_waits = figure_short(base->waits.median);
	g_autofree char *waits = figure_short(side->waits.median);
	g_autofree char *base_us = figure_short(base->wait_us.median);
	g_autofree char *us = figure_short(side->wait_us.median);
	g_autofree char *base_max = figure_short(base->max_us.highest);
	g_autofree char *max = figure_short(side->max_us.highest);

	page_add_row(rows, name, base_waits, waits, base_us, us, base_max, max, NULL);
}

static char *print_share(const struct locks_side *side, const char *site)
{
	double share = locks_caller_pct(side, site);

	return isnan(share) ? g_strdup("n/a")
			    : g_strdup_printf("%s%.0f %%", locks_is_sampled(side) ? "~" : "", share);
}

static void add_caller(GPtrArray *rows, const char *site, const struct locks_side *base,
		       const struct locks_side *side)
{
	g_autofree char *name = g_strconcat("    ", site, NULL);
	g_autofree char *base_share = print_share(base, site);
	g_autofree char *share = print_share(side, site);

	page_add_row(rows, name, base_share, share, NULL);
}

/* The top callers of the baseline, then those of the arm that are not among them. */
static void add_callers(GPtrArray *rows, const struct locks_side *base, const struct locks_side *side)
{
	const GArray *lists[] = { base->callers, side->callers };
	g_autoptr(GPtrArray) shown = g_ptr_array_new();

	for (size_t list = 0; list < G_N_ELEMENTS(lists); list++) {
		for (guint i = 0; i < MIN(lists[list]->len, CALLERS_SHOWN); i++) {
			const char *site = g_array_index(lists[list], struct locks_caller, i).site;

			if (g_ptr_array_find_with_equal_func(shown, site, g_str_equal, NULL))
				continue;
			g_ptr_array_add(shown, (gpointer)site);
			add_caller(rows, site, base, side);
		}
	}
}

static void print_arm(const struct page *p, const struct locks *l, unsigned int arm)
{
	const struct comparison *c = l->comparison;
	g_autoptr(GPtrArray) rows = page_rows_new();
	guint cell = G_MAXUINT;

	for (guint i = 0; i < l->rows->len; i++) {
		const struct locks_row *row = l->rows->pdata[i];
		const struct locks_side *base = &row->sides[c->baseline - c->arms];

		if (row->cell != cell)
			page_add_row(rows, comparison_cell(c, row->cell), NULL);
		cell = row->cell;
		add_lock(rows, row->lock, base, &row->sides[arm]);
		if (!page_is_brief(p))
			add_callers(rows, base, &row->sides[arm]);
	}
	page_table(p, columns, l->no_times ? COLUMNS_WITHOUT_TIMES : G_N_ELEMENTS(columns), rows);
}

static void add_losses(GPtrArray *notes, const struct locks *l)
{
	const struct comparison *c = l->comparison;
	guint64 lost = 0;

	for (guint i = 0; i < l->rows->len * c->arms_count; i++)
		lost += ((const struct locks_row *)l->rows->pdata[i / c->arms_count])
				->sides[i % c->arms_count]
				.lost;
	if (lost > 0)
		notes_add(notes,
			  "LOST: the probes missed %" G_GUINT64_FORMAT
			  " waits; figures are too small by these.",
			  lost);
}

/* Of the shares of callers, which a short table has not. */
static bool any_sampled(const struct locks *l)
{
	const struct comparison *c = l->comparison;

	for (guint i = 0; i < l->rows->len * c->arms_count; i++) {
		const struct locks_row *row = l->rows->pdata[i / c->arms_count];

		if (locks_is_sampled(&row->sides[i % c->arms_count]))
			return true;
	}
	return false;
}

static void print_legend(const struct page *p, const struct locks *l)
{
	g_autoptr(GPtrArray) notes = notes_new();
	bool sampled = !page_is_brief(p) && any_sampled(l);

	notes_add(notes,
		  "locks: b. is the baseline, c. the candidate; less is better. waits: how often a CPU had to "
		  "wait, per load, median over boots; the loads of a cell do the same work in every arm.%s%s",
		  l->no_times ? ""
			      : " us: waited per load by all together, median over boots. max: the longest "
				"wait of all boots, us.",
		  sampled ? " ~: estimated, only a sample of the waits has a caller." : "");
	if (l->no_times)
		notes_add(notes, "Times are left out. %s", l->no_times);
	notes_add(notes,
	    "Counts of waits depend on how many CPUs met, and have no verdict here; csv and json have "
	    "their range over boots.");
	notes_add_backends(notes, l->comparison, "locks");
	add_losses(notes, l);
	page_notes(p, notes);
}

void locks_table_print(const struct page *p, const struct locks *l, const struct comparison_arm *only)
{
	const struct comparison *c = l->comparison;

	if (!l->rows->len)
		return;
	for (unsigned int i = 0; i < c->arms_count; i++) {
		g_autofree char *heading =
			g_strdup_printf("locks: %s beside %s", c->arms[i].name, c->baseline->name);

		if (!comparison_is_printed(&c->arms[i], only))
			continue;
		page_heading(p, heading);
		if (l->refused[i])
			refusal_print(p, l->refused[i]);
		else
			print_arm(p, l, i);
	}
	print_legend(p, l);
}
