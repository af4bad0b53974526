// SPDX-License-Identifier: GPL-2.0-only
#include "profile-chart.h"

#include <math.h>

#include "drawing.h"
#include "titles.h"
#include "words.h"

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

static char *arm_words(const struct comparison *c, const GArray *arms)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < arms->len; i++)
		g_ptr_array_add(names, c->arms[g_array_index(arms, guint, i)].name);
	return words_join(names);
}

static void set_words(struct drawing *d, const struct profile *p, const struct profile_cell *cell,
		      const GArray *arms, const char *what, const char *unit)
{
	const struct comparison *c = p->comparison;
	const struct plan_row *row = c->cells->pdata[cell->cell];
	g_autofree char *subject = g_strdup_printf("%s: %s", row->name, what);
	g_autofree char *names = arm_words(c, arms);

	titles_set_run(d, c->run, "exact counts of one load");
	drawing_set_text(d, "subject", subject);
	drawing_set_text(d, "arms", names);
	drawing_set_text(d, "unit", unit);
}

static char *chart_name(const char *kind, const struct profile *p, const struct profile_cell *cell)
{
	return g_strdup_printf("%s-%s", kind,
			       ((const struct plan_row *)p->comparison->cells->pdata[cell->cell])->name);
}

/* The arm whose differences choose the functions: the first one that is drawn beside the baseline. */
static unsigned int leading_arm(const GArray *arms)
{
	return g_array_index(arms, guint, arms->len > 1 ? 1 : 0);
}

static bool draw_functions(const struct profile *p, const struct profile_cell *cell, const char *dir,
			   GError **error)
{
	g_autofree char *name = chart_name("profile", p, cell);
	g_autoptr(drawing) d = drawing_new("profile.gp", dir, name);
	g_autoptr(GArray) arms = drawn_arms(p, cell);
	g_autoptr(GPtrArray) functions = NULL;
	guint rows;

	if (!arms->len)
		return true;
	functions = profile_by_difference(p, cell, leading_arm(arms));
	rows = MIN(functions->len, ROWS_MAX);
	set_words(d, p, cell, arms, "functions that differ most, by their difference",
		  "instructions of an operation");
	drawing_set_number(d, "rows", rows);
	g_string_append(d->data, "# row, instructions of each arm, function\n");
	for (guint i = 0; i < rows; i++) {
		const struct profile_function *f = functions->pdata[i];

		drawing_add_number(d, i + 1);
		for (guint a = 0; a < arms->len; a++)
			drawing_add_number(d, f->costs[g_array_index(arms, guint, a)].timed);
		g_string_append_printf(d->data, "\"%s\"\n", f->name);
	}
	return drawing_draw(d, error);
}

static bool draw_lines(const struct profile *p, const struct profile_cell *cell, const char *dir,
		       GError **error)
{
	g_autofree char *name = chart_name("lines", p, cell);
	g_autoptr(drawing) d = drawing_new("profile.gp", dir, name);
	g_autoptr(GArray) arms = drawn_arms(p, cell);

	if (!arms->len || !cell->calls->len)
		return true;
	set_words(d, p, cell, arms, "cache lines with data that a call touches, with all that it calls",
		  "different lines of 64 bytes, mean over the calls");
	drawing_set_number(d, "rows", cell->calls->len);
	g_string_append(d->data, "# row, lines of each arm, function\n");
	for (guint i = 0; i < cell->calls->len; i++) {
		const struct profile_calls *calls = cell->calls->pdata[i];

		drawing_add_number(d, i + 1);
		for (guint a = 0; a < arms->len; a++) {
			const struct profile_call *call = &calls->of[g_array_index(arms, guint, a)];

			drawing_add_number(d, isnan(call->calls) ? NAN : call->lines[RUN_LINES_DATA].mean);
		}
		g_string_append_printf(d->data, "\"%s\"\n", calls->function);
	}
	return drawing_draw(d, error);
}

bool profile_chart_draw(const struct findings *f, const char *dir, GError **error)
{
	for (guint i = 0; i < f->profile->cells->len; i++) {
		const struct profile_cell *cell = f->profile->cells->pdata[i];

		if (!draw_functions(f->profile, cell, dir, error) || !draw_lines(f->profile, cell, dir, error))
			return false;
	}
	return true;
}
