// SPDX-License-Identifier: GPL-2.0-only
#include "profile-chart.h"

#include <math.h>

#include "arms.h"
#include "titles.h"

/* More cannot be read. */
#define ROWS_MAX 16

/* The arms of a chart, the baseline first, as indices (guint). */
static GArray *drawn_arms(const struct profile *p, const struct profile_cell *cell)
{
	const struct comparison *c = p->comparison;
	GArray *arms = g_array_new(FALSE, FALSE, sizeof(guint));
	guint base = c->baseline - c->arms;

	if (cell->sides[base].known)
		g_array_append_val(arms, base);
	for (guint i = 0; i < c->arms_count; i++) {
		if (i != base && c->arms[i].shown && !p->refused[i] && cell->sides[i].known)
			g_array_append_val(arms, i);
	}
	return arms;
}

static void set_words(struct drawing *d, const struct profile *p, const struct profile_cell *cell,
		      const GArray *arms, const char *what, const char *unit)
{
	const struct comparison *c = p->comparison;
	g_autofree char *subject = g_strdup_printf("%s: %s", comparison_cell(c, cell->cell), what);
	g_autoptr(GPtrArray) names = arms_names(c, arms);

	titles_set_run(d, c->run, subject, "exact counts of one load", NULL);
	drawing_set_list(d, "arms", names);
	drawing_set_text(d, "unit", unit);
}

static char *chart_name(const char *kind, const struct profile *p, const struct profile_cell *cell)
{
	return g_strdup_printf("%s-%s", kind, comparison_cell(p->comparison, cell->cell));
}

/* The arm whose differences choose the functions: the first one that is drawn beside the baseline. */
static unsigned int leading_arm(const GArray *arms)
{
	return g_array_index(arms, guint, arms->len > 1 ? 1 : 0);
}

static void add_functions(struct drawings *all, const struct profile *p, const struct profile_cell *cell)
{
	g_autofree char *name = chart_name("profile", p, cell);
	g_autoptr(drawing) d = drawing_new("profile.gp", name);
	g_autoptr(GArray) arms = drawn_arms(p, cell);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GPtrArray) functions = NULL;

	if (!arms->len)
		return;
	functions = profile_by_difference(p, cell, leading_arm(arms));
	set_words(d, p, cell, arms, "functions that differ most, by their difference; less is faster",
		  "instructions of an operation");
	g_string_append(d->data, "# row, instructions of each arm, function\n");
	for (guint i = 0; i < MIN(functions->len, ROWS_MAX); i++) {
		const struct profile_function *f = functions->pdata[i];

		drawing_add_number(d, i + 1);
		for (guint a = 0; a < arms->len; a++)
			drawing_add_number(d, f->costs[g_array_index(arms, guint, a)].timed);
		drawing_add_text(d, f->name);
		g_string_append_c(d->data, '\n');
		g_ptr_array_add(names, (gpointer)f->name);
	}
	if (!names->len)
		return;
	drawing_set_list(d, "names", names);
	drawing_describe(
		d, g_strdup_printf("Instructions by function: %s", comparison_cell(p->comparison, cell->cell)),
		"Where an operation spends its instructions, in the functions in which the arms differ most. "
		"Shorter is faster.");
	drawings_add(all, g_steal_pointer(&d));
}

static void add_lines(struct drawings *all, const struct profile *p, const struct profile_cell *cell)
{
	g_autofree char *name = chart_name("lines", p, cell);
	g_autoptr(drawing) d = drawing_new("profile.gp", name);
	g_autoptr(GArray) arms = drawn_arms(p, cell);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (!arms->len || !cell->calls->len)
		return;
	set_words(d, p, cell, arms,
		  "cache lines with data that a call touches, with all that it calls; less is better",
		  "different lines of 64 bytes, mean over the calls");
	g_string_append(d->data, "# row, lines of each arm, function\n");
	for (guint i = 0; i < cell->calls->len; i++) {
		const struct profile_calls *calls = cell->calls->pdata[i];

		drawing_add_number(d, i + 1);
		for (guint a = 0; a < arms->len; a++) {
			const struct profile_call *call = &calls->of[g_array_index(arms, guint, a)];

			drawing_add_number(d, isnan(call->calls) ? NAN : call->lines[RUN_LINES_DATA].mean);
		}
		drawing_add_text(d, calls->function);
		g_string_append_c(d->data, '\n');
		g_ptr_array_add(names, (gpointer)calls->function);
	}
	drawing_set_list(d, "names", names);
	drawing_describe(
		d, g_strdup_printf("Cache lines of a call: %s", comparison_cell(p->comparison, cell->cell)),
		"How many different cache lines with data a call touches on average, with all that it calls. "
		"Fewer is better, most of all where they are not in the cache.");
	drawings_add(all, g_steal_pointer(&d));
}

void profile_chart_add(struct drawings *all, const struct profile *p)
{
	for (guint i = 0; i < p->cells->len; i++) {
		add_functions(all, p, p->cells->pdata[i]);
		add_lines(all, p, p->cells->pdata[i]);
	}
}
