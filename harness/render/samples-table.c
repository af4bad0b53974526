// SPDX-License-Identifier: GPL-2.0-only
#include "samples-table.h"

#include <math.h>
#include <string.h>

#include "data.h"
#include "figure.h"
#include "notes.h"
#include "refusal.h"
#include "samples-rows.h"

/* csv and json have them all. */
#define ROWS_MAX 25
#define SHARE_MIN_PCT 0.1

/* "[k]" as perf says it of the kernel, "[.]" of what is not. */
static char *symbol_of(const struct samples_row *row)
{
	bool user = !strcmp(row->function->name, SAMPLES_USER);

	return g_strdup_printf("%s %s", user ? "[.]" : "[k]", row->function->name);
}

static char *format_share(double share)
{
	return isnan(share) ? g_strdup("n/a") : g_strdup_printf("%.2f", share);
}

static char *format_difference(double difference)
{
	/* No "-0.00". */
	return isnan(difference) ? g_strdup("n/a")
				 : g_strdup_printf("%+.2f", fabs(difference) < 0.005 ? 0 : difference);
}

static void add_shares(GPtrArray *rows, const char *name, double base, double own, const char *within)
{
	g_autofree char *baseline = format_share(base);
	g_autofree char *candidate = format_share(own);
	g_autofree char *difference = format_difference(own - base);

	page_add_row(rows, name, baseline, candidate, difference, within, NULL);
}

static void add_others(GPtrArray *rows, const GArray *all, guint from)
{
	g_autofree char *name = g_strdup_printf("%u others", all->len - from);
	double base = 0, own = 0;

	for (guint i = from; i < all->len; i++) {
		const struct samples_row *row = &g_array_index(all, struct samples_row, i);

		base += row->self.baseline;
		own += row->self.candidate;
	}
	if (all->len > from)
		add_shares(rows, name, base, own, "");
}

static void print_shares(const struct page *p, const struct samples *s, const struct samples_cell *cell,
			 unsigned int arm)
{
	const struct page_column columns[] = {
		{ "symbol, % of busy samples", 37, true },
		{ "baseline", 9, false },
		{ "candidate", 9, false },
		{ "difference", 10, false },
		{ "+-", 6, false },
	};
	g_autoptr(GArray) all = samples_rows(s, cell, arm);
	g_autoptr(GPtrArray) rows = page_rows_new();
	guint shown = 0;

	for (; shown < MIN(all->len, ROWS_MAX); shown++) {
		const struct samples_row *row = &g_array_index(all, struct samples_row, shown);
		g_autofree char *symbol = symbol_of(row);
		g_autofree char *within = format_share(row->self.within);

		if (samples_row_share(row) < SHARE_MIN_PCT)
			break;
		add_shares(rows, symbol, row->self.baseline, row->self.candidate, within);
	}
	add_others(rows, all, shown);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static char *heading_of(const char *what, const struct samples *s, const struct samples_cell *cell,
			unsigned int arm)
{
	const struct comparison *c = s->comparison;
	const struct plan_row *row = c->cells->pdata[cell->cell];

	return g_strdup_printf("%s: %s against %s, %s", what, c->arms[arm].name, c->baseline->name, row->name);
}

/* Of all workers. */
static double operations(const struct samples *s, const struct samples_cell *cell)
{
	const struct plan_row *row = s->comparison->cells->pdata[cell->cell];

	return (double)row->threads * row->cell->loops;
}

/* A second; @wall_us is the time of the whole load. */
static double throughput(const struct samples *s, const struct samples_cell *cell, double wall_us)
{
	return operations(s, cell) * G_USEC_PER_SEC / wall_us;
}

static double idle_pct(const struct samples_boot *sum)
{
	return 100.0 * sum->idle / (sum->busy + sum->idle);
}

static void add_whole(GPtrArray *rows, const char *name, const char *format, double base, double own,
		      double gain)
{
	const double figures[] = { base, own };
	char texts[2][G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree char *percent = isnan(gain) ? g_strdup("") : figure_gain(gain);

	for (int i = 0; i < 2; i++)
		g_ascii_formatd(texts[i], sizeof(texts[i]), format, figures[i]);
	page_add_row(rows, name, texts[0], texts[1], percent, NULL);
}

static void print_whole(const struct page *p, const struct samples *s, const struct samples_cell *cell,
			unsigned int arm)
{
	const struct page_column columns[] = {
		{ "", 29, true },
		{ "baseline", 15, false },
		{ "candidate", 15, false },
		{ "gain %", 13, false },
	};
	const struct samples_side *base = &cell->sides[s->comparison->baseline - s->comparison->arms];
	const struct samples_side *own = &cell->sides[arm];
	const struct samples_boot of_base = samples_sum(base), of_own = samples_sum(own);
	double gain = contrast_gain_pct(log(base->wall_us / own->wall_us));
	g_autoptr(GPtrArray) rows = page_rows_new();
	g_autofree char *heading = heading_of("the whole load", s, cell, arm);

	page_heading(p, heading);
	add_whole(rows, "wall time, ms", "%.1f", base->wall_us / 1000, own->wall_us / 1000, gain);
	add_whole(rows, "operations a second", "%.0f", throughput(s, cell, base->wall_us),
		  throughput(s, cell, own->wall_us), NAN);
	add_whole(rows, "busy samples", "%.0f", of_base.busy, of_own.busy, NAN);
	add_whole(rows, "idle, % of all samples", "%.2f", idle_pct(&of_base), idle_pct(&of_own), NAN);
	add_whole(rows, "boots", "%.0f", base->boots->len, own->boots->len, NAN);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static void print_cell(const struct page *p, const struct samples *s, const struct samples_cell *cell,
		       unsigned int arm)
{
	const struct comparison *c = s->comparison;
	g_autofree char *heading = heading_of("samples", s, cell, arm);

	page_heading(p, heading);
	if (s->refused[arm]) {
		refusal_print(p, s->refused[arm]);
		return;
	}
	if (!cell->sides[arm].known || !cell->sides[c->baseline - c->arms].known) {
		page_note(p, "n/a: a boot of one of them is missing.");
		return;
	}
	print_shares(p, s, cell, arm);
	print_whole(p, s, cell, arm);
}

/* In the words of somebody who is about to believe the figures. */
static void add_damage(GPtrArray *notes, const struct samples *s)
{
	struct samples_boot all = { 0 };

	for (guint i = 0; i < s->cells->len; i++) {
		const struct samples_cell *cell = s->cells->pdata[i];

		for (unsigned int arm = 0; arm < s->comparison->arms_count; arm++) {
			const struct samples_boot sum = samples_sum(&cell->sides[arm]);

			all.lost += sum.lost;
			all.throttled += sum.throttled;
		}
	}
	if (all.lost > 0)
		notes_add(notes, "LOST: %" G_GUINT64_FORMAT " samples for which there was no room.", all.lost);
	if (all.throttled > 0)
		notes_add(notes,
			  "THROTTLED: %" G_GUINT64_FORMAT
			  " times the kernel held samples back, as they took too "
			  "much of its time; sample less often (--hz).",
			  all.throttled);
}

static void add_method(GPtrArray *notes, const struct samples *s)
{
	g_autofree char *events = samples_events(s->comparison->run, s->comparison->baseline->name);
	unsigned int hz;

	run_is_sampled(s->comparison->run, &hz);
	notes_add(notes,
		  "Each CPU was sampled %u times a second by %s, from the load's begin to its end, its set-up "
		  "included. A share is of the samples outside of the idle task, in the function itself; a "
		  "mean over boots. difference = candidate - baseline, in percentage points.",
		  hz, events);
	notes_add(notes,
		  "+-: 95 %% of the difference, for each row alone: by what it differs by from block to block "
		  "(Student's t), and no less than counting samples leaves open; n/a with one block. One in "
		  "twenty rows without a change lies outside.");
	if (!strcmp(events, "cpu-clock"))
		notes_add(notes,
			  "cpu-clock is a timer: code that runs with interrupts off is seen where they are "
			  "switched on again.");
	notes_add(notes, "The whole load: median over boots of the median over loads, while it was sampled.");
}

void samples_table_print(const struct page *p, const struct samples *s, const struct comparison_arm *only)
{
	const struct comparison *c = s->comparison;
	g_autoptr(GPtrArray) notes = notes_new();

	if (!s->cells->len)
		return;
	for (unsigned int arm = 0; arm < c->arms_count; arm++) {
		for (guint i = 0; comparison_is_printed(&c->arms[arm], only) && i < s->cells->len; i++)
			print_cell(p, s, s->cells->pdata[i], arm);
	}
	add_method(notes, s);
	add_damage(notes, s);
	page_notes(p, notes);
}

static json_t *row_new(const struct samples *s, const struct samples_cell *cell, unsigned int arm,
		       const struct samples_row *of)
{
	const struct comparison *c = s->comparison;
	const struct samples_side *base = &cell->sides[c->baseline - c->arms], *own = &cell->sides[arm];
	const struct samples_boot of_base = samples_sum(base), of_own = samples_sum(own);
	json_t *row = json_object();

	data_text(row, "arm", c->arms[arm].name);
	data_text(row, "cell", comparison_cell(c, cell->cell));
	data_text(row, "symbol", of->function->name);
	data_number(row, "baseline_pct", of->self.baseline);
	data_number(row, "candidate_pct", of->self.candidate);
	data_number(row, "difference", of->self.difference);
	data_number(row, "within", of->self.within);
	data_number(row, "baseline_with_callees_pct", of->baseline_total);
	data_number(row, "candidate_with_callees_pct", of->candidate_total);
	data_count(row, "blocks", samples_rows_blocks(s, cell, arm));
	data_count(row, "baseline_busy", of_base.busy);
	data_count(row, "candidate_busy", of_own.busy);
	data_count(row, "baseline_idle", of_base.idle);
	data_count(row, "candidate_idle", of_own.idle);
	data_count(row, "baseline_lost", of_base.lost);
	data_count(row, "candidate_lost", of_own.lost);
	data_number(row, "baseline_wall_us", base->wall_us);
	data_number(row, "candidate_wall_us", own->wall_us);
	data_number(row, "baseline_operations_per_s", throughput(s, cell, base->wall_us));
	data_number(row, "candidate_operations_per_s", throughput(s, cell, own->wall_us));
	return row;
}

void samples_table_data(const struct findings *f, unsigned int arm, json_t *rows)
{
	const struct samples *s = f->samples;
	unsigned int baseline = s->comparison->baseline - s->comparison->arms;

	for (guint i = 0; i < s->cells->len; i++) {
		const struct samples_cell *cell = s->cells->pdata[i];
		g_autoptr(GArray) all = NULL;

		if (arm == baseline || s->refused[arm] || !cell->sides[arm].known ||
		    !cell->sides[baseline].known)
			continue;
		all = samples_rows(s, cell, arm);
		for (guint k = 0; k < all->len; k++)
			json_array_append_new(
				rows, row_new(s, cell, arm, &g_array_index(all, struct samples_row, k)));
	}
}
