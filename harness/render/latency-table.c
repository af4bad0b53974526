// SPDX-License-Identifier: GPL-2.0-only
#include "latency-table.h"

#include <math.h>
#include <string.h>

#include "contrast-cells.h"
#include "figure.h"
#include "journal/run-trace.h"
#include "notes.h"
#include "refusal.h"
#include "stats/holm.h"

static void add_name(GPtrArray *rows, const struct latency *l, const struct latency_row *row)
{
	const struct plan_row *cell = l->comparison->cells->pdata[row->cell];
	g_autofree char *name = g_strdup_printf("%s %s", cell->name, row->function);

	page_add_row(rows, name, NULL);
}

static void add_calls(GPtrArray *rows, const struct latency_side *base, const struct latency_side *side)
{
	g_autofree char *before = figure_time(base->calls.median);
	g_autofree char *after = figure_time(side->calls.median);

	page_add_row(rows, "  calls per load", before, after, NULL);
}

static void add_figure(GPtrArray *rows, const struct latency *l, const struct latency_side *base,
		       const struct latency_side *side, int figure)
{
	const struct contrast *contrast = &side->contrasts[figure];
	bool counted = l->comparison->counted, judged = latency_figures[figure].judged;
	g_autofree char *name = g_strconcat("  ", latency_figures[figure].name, NULL);
	g_autofree char *before = figure_time(base->figures[figure].median);
	g_autofree char *after = figure_time(side->figures[figure].median);
	/* A count without a gate would be a bare percentage. */
	bool bare = counted && !judged;
	g_autofree char *gain = bare ? g_strdup("") : contrast_cells_gain(contrast, counted);
	g_autofree char *range = bare ? g_strdup("") : contrast_cells_range(contrast, counted);

	if (isnan(base->figures[figure].median) && isnan(side->figures[figure].median))
		return;
	page_add_row(rows, name, before, after, gain, range, judged ? contrast_cells_mark(contrast) : "", NULL);
}

/* What a short table has: the middle and the tail. */
static bool is_brief_figure(int figure)
{
	return figure == LATENCY_P50 || figure == LATENCY_P99;
}

static void print_arm(const struct page *p, const struct latency *l, unsigned int arm)
{
	const struct comparison *c = l->comparison;
	const struct page_column columns[] = {
		{ "cell and function, ns", 27, true },
		{ "baseline", FIGURE_TIME_WIDTH, false },
		{ "candidate", FIGURE_TIME_WIDTH, false },
		{ "gain %", FIGURE_GAIN_WIDTH, false },
		{ contrast_cells_range_title(c->counted), 16, false },
		{ "", 3, true },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint i = 0; i < l->rows->len; i++) {
		const struct latency_row *row = l->rows->pdata[i];
		const struct latency_side *base = &row->sides[c->baseline - c->arms];

		add_name(rows, l, row);
		if (!page_is_brief(p))
			add_calls(rows, base, &row->sides[arm]);
		for (int figure = 0; figure < LATENCY_FIGURES; figure++) {
			if (!page_is_brief(p) || is_brief_figure(figure))
				add_figure(rows, l, base, &row->sides[arm], figure);
		}
	}
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static void add_formula(GPtrArray *notes, const struct latency *l)
{
	const struct comparison *c = l->comparison;

	notes_add(notes,
	    "latency: ns of the guest's clock with the probes attached, which makes each call longer; of "
	    "a boot's attached loads together, then the median over boots.%s",
	    c->counted ? " In counted mode that clock counts instructions: 1 ns is 1 instruction." : "");
	notes_add(notes,
	    "gain %% = 100 (ns(baseline) / ns(candidate) - 1): + is faster, - is slower. p50 to p99.9 are "
	    "the middle of a bucket, at most 0.8 %% beside the value; mean and max are exact. p50, p90, "
	    "p99 and p99.9 need 2, 10, 100 and 1000 calls in a boot, and are left out otherwise.");
}

/* Of the comparisons that are judged: a boot with too few calls has no such quantile. */
static guint count_boots(const struct latency *l, guint *ret_fewest)
{
	const struct comparison *c = l->comparison;
	guint most = 0;

	*ret_fewest = G_MAXUINT;
	for (guint i = 0; i < l->rows->len * c->arms_count; i++) {
		const struct latency_row *row = l->rows->pdata[i / c->arms_count];
		const struct contrast *contrasts = row->sides[i % c->arms_count].contrasts;

		for (int f = 0; f < LATENCY_FIGURES && c->arms[i % c->arms_count].shown; f++) {
			if (!latency_figures[f].judged || contrasts[f].missing)
				continue;
			*ret_fewest = MIN(*ret_fewest, contrasts[f].blocks);
			most = MAX(most, contrasts[f].blocks);
		}
	}
	return most;
}

static void add_boots(GPtrArray *notes, const struct latency *l)
{
	guint fewest, most = count_boots(l, &fewest);
	g_autofree char *boots =
		fewest < most ? g_strdup_printf("%u to %u", fewest, most) : g_strdup_printf("%u", most);

	if (most > 0)
		notes_add(notes, "n = %s boot%s of the tracing pass per arm and figure.", boots,
			  most == 1 ? "" : "s");
}

static void add_marks(GPtrArray *notes, const struct latency *l)
{
	const struct comparison *c = l->comparison;
	unsigned int needed = holm_smallest_blocks(MAX(l->family, 1), CONTRAST_ALPHA);
	guint fewest, most = count_boots(l, &fewest);

	if (c->counted) {
		notes_add(notes,
		    "Marks as for counted times, each row with the gate of its own figure; max has none.");
		return;
	}
	notes_add(notes,
	    "Marks as for times, exact tests over boots, Holm over a family of %zu of its own; the gate "
	    "is +-%g %% and for quantiles at least 1.6 %%, the width of a bucket. max is one call: no "
	    "mark.",
	    l->family, c->run->plan->design.gate_pct);
	if (l->family > 0 && most < needed)
		notes_add(notes, "With %u boot%s none of these can be marked (I) or (R): %u are needed.", most,
			  most == 1 ? "" : "s", needed);
}

static bool has_row(const struct latency *l, const char *function)
{
	for (guint i = 0; i < l->rows->len; i++) {
		if (!strcmp(((const struct latency_row *)l->rows->pdata[i])->function, function))
			return true;
	}
	return false;
}

static void add_idle(GPtrArray *notes, const struct latency *l)
{
	g_autoptr(GPtrArray) functions = run_traced_functions(l->comparison->run);
	g_autoptr(GString) idle = g_string_new(NULL);

	for (guint i = 0; i < functions->len; i++) {
		if (!has_row(l, functions->pdata[i]))
			g_string_append_printf(idle, "%s%s", idle->len ? ", " : "",
					       (const char *)functions->pdata[i]);
	}
	if (idle->len)
		notes_add(notes, "never called: %s.", idle->str);
}

/* A function that an arm never ran, or does not have. */
static void add_absent(GPtrArray *notes, const struct latency *l, const struct comparison_arm *only)
{
	const struct comparison *c = l->comparison;

	for (guint i = 0; i < l->rows->len * c->arms_count; i++) {
		const struct latency_row *row = l->rows->pdata[i / c->arms_count];
		const struct comparison_arm *arm = &c->arms[i % c->arms_count];

		if ((arm == c->baseline || comparison_is_printed(arm, only)) &&
		    !l->refused[i % c->arms_count] && !row->sides[i % c->arms_count].calls.figures->len)
			notes_add(notes, "n/a: %s was not seen in %s of %s.", row->function,
				  comparison_cell(c, row->cell), arm->name);
	}
}

static void add_losses(GPtrArray *notes, const struct latency *l)
{
	const struct comparison *c = l->comparison;
	guint64 lost = 0, unpaired = 0;

	for (guint i = 0; i < l->rows->len * c->arms_count; i++) {
		const struct latency_row *row = l->rows->pdata[i / c->arms_count];

		lost += row->sides[i % c->arms_count].lost;
		unpaired += row->sides[i % c->arms_count].unpaired;
	}
	if (lost > 0)
		notes_add(notes,
			  "LOST: the probes missed %" G_GUINT64_FORMAT " calls; counts are too small by these.",
			  lost);
	if (unpaired > 0)
		notes_add(notes, "%" G_GUINT64_FORMAT " calls had begun before the trace and are left out.",
			  unpaired);
}

static void print_legend(const struct page *p, const struct latency *l, const struct comparison_arm *only)
{
	const struct comparison *c = l->comparison;
	g_autoptr(GPtrArray) notes = notes_new();
	g_autofree char *waits = refusal_of_wait_times(c->run);

	add_formula(notes, l);
	add_boots(notes, l);
	add_marks(notes, l);
	notes_add_backends(notes, c, "latency");
	if (!page_is_brief(p)) {
		add_idle(notes, l);
		add_absent(notes, l, only);
	}
	add_losses(notes, l);
	if (waits)
		notes_add(notes, "%s The high quantiles have that in them.", waits);
	page_notes(p, notes);
}

void latency_table_print(const struct page *p, const struct latency *l, const struct comparison_arm *only)
{
	const struct comparison *c = l->comparison;

	if (!l->rows->len)
		return;
	for (unsigned int i = 0; i < c->arms_count; i++) {
		g_autofree char *heading =
			g_strdup_printf("latency: %s against %s", c->arms[i].name, c->baseline->name);

		if (!comparison_is_printed(&c->arms[i], only))
			continue;
		page_heading(p, heading);
		if (l->refused[i])
			refusal_print(p, l->refused[i]);
		else
			print_arm(p, l, i);
	}
	print_legend(p, l, only);
}
