// SPDX-License-Identifier: GPL-2.0-only
#include "profile-table.h"

#include <math.h>

#include "figure.h"
#include "notes.h"
#include "refusal.h"

/* Functions that differ by less are one line: csv and json have them all. */
#define ROWS_MAX 25

#define NUMBER_WIDTH 10

static char *format_count(double count)
{
	return isnan(count) ? g_strdup("n/a") : g_strdup_printf("%.1f", count);
}

static char *format_difference(double difference)
{
	/* No "-0.0". */
	return isnan(difference) ? g_strdup("n/a")
				 : g_strdup_printf("%+.1f", fabs(difference) < 0.05 ? 0 : difference);
}

static void add_row(GPtrArray *rows, const char *name, double base, double own, double layout)
{
	g_autofree char *baseline = format_count(base);
	g_autofree char *candidate = format_count(own);
	g_autofree char *difference = format_difference(own - base);
	g_autofree char *noise = isnan(layout) ? g_strdup("") : g_strdup_printf("+-%.1f", layout);

	page_add_row(rows, name, baseline, candidate, difference, noise, NULL);
}

/* The rows behind the first @from ones. */
static void add_others(GPtrArray *rows, const GPtrArray *functions, guint from, unsigned int base,
		       unsigned int arm)
{
	double baseline = 0, candidate = 0;
	g_autofree char *name = g_strdup_printf("%u others", functions->len - from);

	for (guint i = from; i < functions->len; i++) {
		const struct profile_function *f = functions->pdata[i];

		baseline += f->costs[base].timed;
		candidate += f->costs[arm].timed;
	}
	if (functions->len > from)
		add_row(rows, name, baseline, candidate, NAN);
}

static void add_totals(GPtrArray *rows, const struct profile_cell *cell, unsigned int base, unsigned int arm)
{
	const struct profile_side *baseline = &cell->sides[base], *own = &cell->sides[arm];

	add_row(rows, "total", baseline->total.timed, own->total.timed, NAN);
	if (!cell->timed)
		return;
	add_row(rows, "  by the guest's clock", baseline->clock, own->clock, NAN);
	add_row(rows, "outside of what is timed", baseline->total.outside, own->total.outside, NAN);
}

static unsigned int baseline_of(const struct profile *of)
{
	return of->comparison->baseline - of->comparison->arms;
}

static bool is_executed(const struct profile_function *f, unsigned int base, unsigned int arm)
{
	return f->costs[base].timed != 0 || f->costs[arm].timed != 0;
}

static void print_functions(const struct page *p, const struct profile *of, const struct profile_cell *cell,
			    unsigned int arm)
{
	const struct page_column columns[] = {
		{ "function, instructions", 31, true }, { "baseline", NUMBER_WIDTH, false },
		{ "candidate", NUMBER_WIDTH, false },	{ "difference", NUMBER_WIDTH, false },
		{ "layout", NUMBER_WIDTH, false },
	};
	unsigned int base = baseline_of(of);
	g_autoptr(GPtrArray) functions = profile_by_difference(of, cell, arm);
	g_autoptr(GPtrArray) rows = page_rows_new();
	guint shown = 0;

	for (; shown < MIN(functions->len, ROWS_MAX); shown++) {
		const struct profile_function *f = functions->pdata[shown];

		if (!is_executed(f, base, arm))
			break;
		add_row(rows, f->name, f->costs[base].timed, f->costs[arm].timed, f->layout);
	}
	add_others(rows, functions, shown, base, arm);
	add_totals(rows, cell, base, arm);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

/* "12", "n/a". */
static char *format_lines(double lines)
{
	return isnan(lines) ? g_strdup("n/a") : g_strdup_printf("%.0f", lines);
}

static void add_lines(GPtrArray *rows, const char *name, const struct profile_lines *base,
		      const struct profile_lines *own)
{
	const struct profile_lines *sides[] = { base, own };
	char *cells[8];

	for (int i = 0; i < 2; i++) {
		cells[4 * i] = format_count(sides[i]->mean);
		cells[4 * i + 1] = format_lines(sides[i]->median);
		cells[4 * i + 2] = format_lines(sides[i]->p99);
		cells[4 * i + 3] = format_lines(sides[i]->max);
	}
	page_add_row(rows, name, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7],
		     NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
		g_free(cells[i]);
}

static void add_figure(GPtrArray *rows, const char *name, const char *format, double base, double own)
{
	const double figures[] = { base, own };
	char *cells[2];

	for (int i = 0; i < 2; i++) {
		char text[G_ASCII_DTOSTR_BUF_SIZE];

		g_ascii_formatd(text, sizeof(text), format, figures[i]);
		cells[i] = g_strdup(isnan(figures[i]) ? "n/a" : text);
	}
	page_add_row(rows, name, cells[0], "", "", "", cells[1], NULL);
	g_free(cells[0]);
	g_free(cells[1]);
}

static void add_call(GPtrArray *rows, const struct profile_calls *calls, unsigned int base, unsigned int arm)
{
	static const char *const names[RUN_LINES_KINDS] = {
		[RUN_LINES_DATA] = "  data lines",
		[RUN_LINES_WRITTEN] = "    written",
		[RUN_LINES_STACK] = "    of the stack",
		[RUN_LINES_CODE] = "  code lines",
	};
	const struct profile_lines none = { NAN, NAN, NAN, NAN };
	const struct profile_call *b = &calls->of[base], *own = &calls->of[arm];

	page_add_row(rows, calls->function, NULL);
	add_figure(rows, "  calls", "%.0f", b->calls, own->calls);
	add_figure(rows, "  instructions", "%.1f", b->instructions, own->instructions);
	for (int kind = 0; kind < RUN_LINES_KINDS; kind++)
		add_lines(rows, names[kind], isnan(b->calls) ? &none : &b->lines[kind],
			  isnan(own->calls) ? &none : &own->lines[kind]);
}

static void print_lines(const struct page *p, const struct profile *of, const struct profile_cell *cell,
			unsigned int arm)
{
	const struct page_column columns[] = {
		{ "function", 21, true }, { "base mean", 9, false }, { "p50", 4, false }, { "p99", 4, false },
		{ "max", 6, false },	  { "cand mean", 9, false }, { "p50", 4, false }, { "p99", 4, false },
		{ "max", 6, false },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint i = 0; i < cell->calls->len; i++)
		add_call(rows, cell->calls->pdata[i], baseline_of(of), arm);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

typedef void (*print_cell)(const struct page *p, const struct profile *of, const struct profile_cell *cell,
			   unsigned int arm);

static void print_arm(const struct page *p, const struct profile *of, unsigned int arm, const char *what,
		      print_cell print)
{
	const struct comparison *c = of->comparison;

	for (guint i = 0; i < of->cells->len; i++) {
		const struct profile_cell *cell = of->cells->pdata[i];
		const struct plan_row *row = c->cells->pdata[cell->cell];
		g_autofree char *heading = g_strdup_printf("%s: %s against %s, %s", what, c->arms[arm].name,
							   c->baseline->name, row->name);

		page_heading(p, heading);
		if (of->refused[arm])
			refusal_print(p, of->refused[arm]);
		else if (!cell->sides[arm].known || !cell->sides[baseline_of(of)].known)
			page_note(p, "n/a: a boot of one of them is missing.");
		else
			print(p, of, cell, arm);
	}
}

static void print_arms(const struct page *p, const struct profile *of, const struct comparison_arm *only,
		       const char *what, print_cell print)
{
	const struct comparison *c = of->comparison;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (comparison_is_printed(&c->arms[i], only))
			print_arm(p, of, i, what, print);
	}
}

static const char *operation_words(const struct profile *of)
{
	return of->comparison->run->plan->subtract_setup ?
		       "a loop of the test beside the first: (load of all loops - load of one) / (loops - 1)" :
		       "a loop of the test, with its share of the set-up";
}

void profile_table_print(const struct page *p, const struct profile *of, const struct comparison_arm *only)
{
	g_autoptr(GPtrArray) notes = notes_new();

	if (!of->cells->len)
		return;
	print_arms(p, of, only, "profile", print_functions);
	notes_add(notes,
		  "instructions that QEMU executed in each function itself, of one operation: %s. Of a boot's "
		  "loads the one with the median total. difference = candidate - baseline: + is more work. "
		  "What the compiler made a part of another function counts there.",
		  operation_words(of));
	notes_add(notes,
		  "total: from the module's first reading of the clock to its last; the guest's clock says the "
		  "same, to its microsecond. outside: the rest of the load, as purges behind the last "
		  "operation.");
	notes_add(notes,
		  "layout: the largest difference of another image of the baseline's source; what is not "
		  "larger says nothing. Empty without rebuilds in the plan.");
	page_notes(p, notes);
}

static guint64 count_lost(const struct profile *of)
{
	guint64 lost = 0;

	for (guint i = 0; i < of->cells->len; i++) {
		const struct profile_cell *cell = of->cells->pdata[i];

		for (guint k = 0; k < cell->calls->len; k++) {
			const struct profile_calls *calls = cell->calls->pdata[k];

			for (unsigned int arm = 0; arm < of->comparison->arms_count; arm++)
				lost += calls->of[arm].lost;
		}
	}
	return lost;
}

void profile_table_print_lines(const struct page *p, const struct profile *of,
			       const struct comparison_arm *only)
{
	g_autoptr(GPtrArray) notes = notes_new();
	guint64 lost = count_lost(of);

	if (!of->cells->len)
		return;
	print_arms(p, of, only, "cache lines", print_lines);
	notes_add(notes,
		  "calls: of the load, those of its set-up as well. The others are of one call, from entry to "
		  "return with all that it calls; interrupts and other tasks in between are left out. lines: "
		  "different lines of 64 bytes, by virtual address. data: read or written, the stack's "
		  "included.");
	notes_add(notes,
		  "How many lines a call touches is not how many of them miss a cache: that no count knows.");
	if (lost > 0)
		notes_add(notes, "LOST: %" G_GUINT64_FORMAT " calls of which the return was not seen.", lost);
	page_notes(p, notes);
}
