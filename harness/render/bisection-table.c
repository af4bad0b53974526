// SPDX-License-Identifier: GPL-2.0-only
#include "bisection-table.h"

#include <math.h>

#include "contrast.h"
#include "data.h"
#include "figure.h"
#include "notes.h"

static const struct plan_patch *patch_of(const struct bisection_subject *of, unsigned int kernel)
{
	return of->plan->patches->pdata[kernel - 1];
}

static double share_of(const struct bisection_subject *of)
{
	return of->alpha / bisection_comparisons(of->plan->patches->len);
}

void bisection_table_budget(const struct page *p, const struct bisection_subject *of)
{
	unsigned int patches = of->plan->patches->len;
	g_autofree char *heading = g_strdup_printf("%s: which of %u patches on %s changed it", of->row, patches,
						   of->plan->baseline);
	g_autoptr(GPtrArray) notes = notes_new();

	notes_add(notes,
		  "error budget: up to %u comparisons when all kernels work, chosen from %u that there can be. "
		  "Each is judged at %g %% / %u = %.3g %%, so that the patches that are left in the end are "
		  "innocent with a probability of at most %g %%, whatever way is taken.",
		  bisection_longest(patches), bisection_comparisons(patches), 100 * of->alpha,
		  bisection_comparisons(patches), 100 * share_of(of), 100 * of->alpha);
	if (of->counted)
		notes_add(notes,
			  "Counted: an image is what it is, %u boot%s of each. What layouts do comes from %u "
			  "rebuild%s of the base; more of them make the gate narrower.",
			  of->boots, of->boots == 1 ? "" : "s", of->plan->rebuilds,
			  of->plan->rebuilds == 1 ? "" : "s");
	else
		notes_add(notes,
			  "Timed: %u boots of each kernel for each step, in blocks of their own; exact "
			  "signed-rank test, and a difference of more than %g %%.",
			  of->boots, of->plan->design.gate_pct);
	page_heading(p, heading);
	page_notes(p, notes);
}

static char *gain_cell(const struct bisection_contrast *c)
{
	g_autofree char *gain = figure_gain(contrast_gain_pct(c->effect));

	return g_strdup_printf("%s%s", gain, c->differs ? " *" : "  ");
}

static char *limit_cell(const struct bisection_contrast *c, bool counted)
{
	g_autofree char *gate = figure_gain(contrast_gain_pct(c->limit));

	return counted ? g_strdup_printf("+-%s", gate + 1) : g_strdup_printf("%.3g", c->limit);
}

static void add_ends(GPtrArray *rows, const struct bisection *b, bool counted)
{
	g_autofree char *name = g_strdup_printf("0 to %u", b->patches);
	g_autofree char *gain = gain_cell(&b->ends);
	g_autofree char *limit = limit_cell(&b->ends, counted);

	page_add_row(rows, name, "ends", gain, limit, "", "", "differ", NULL);
}

static void add_step(GPtrArray *rows, const struct bisection_step *step, bool counted)
{
	g_autofree char *name = g_strdup_printf("%u to %u", step->good, step->bad);
	g_autofree char *kernel = g_strdup_printf("%u", step->kernel);
	g_autofree char *from = gain_cell(&step->from_good);
	g_autofree char *from_limit = limit_cell(&step->from_good, counted);
	g_autofree char *to = gain_cell(&step->to_bad);
	g_autofree char *to_limit = limit_cell(&step->to_bad, counted);
	const char *outcome = bisection_outcome_name(step->outcome);

	if (step->outcome == BISECTION_SKIPPED)
		page_add_row(rows, name, kernel, "", "", "", "", outcome, NULL);
	else
		page_add_row(rows, name, kernel, from, from_limit, to, to_limit, outcome, NULL);
}

static const struct bisection_step *step_at(const struct bisection *b, guint i)
{
	return &g_array_index(b->steps, struct bisection_step, i);
}

static void print_steps(const struct page *p, const struct bisection *b, bool counted)
{
	const char *limit = counted ? "gate %" : "p";
	const struct page_column columns[] = {
		{ "between", 12, true }, { "kernel", 6, false }, { "from %  ", 9, false }, { limit, 10, false },
		{ "to %  ", 9, false },	 { limit, 10, false },	 { "change", 10, true },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();

	add_ends(rows, b, counted);
	for (guint i = 0; i < b->steps->len; i++)
		add_step(rows, step_at(b, i), counted);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static void add_rest(GPtrArray *notes, const struct bisection *b, const struct bisection_subject *of)
{
	notes_add(notes, b->bad == b->good + 1 ? "The change is in this patch:" :
						 "The change is in these patches, which cannot be told apart:");
	for (unsigned int kernel = b->good + 1; kernel <= b->bad; kernel++)
		notes_add(notes, "%u %s (%s)", kernel, patch_of(of, kernel)->subject,
			  patch_of(of, kernel)->file);
	if (b->stuck)
		notes_add(notes, "Neither half of them can be told from nothing by itself: more %s would.",
			  of->counted ? "rebuilds" : "blocks");
}

static void add_others(GPtrArray *notes, const struct bisection *b)
{
	for (guint i = 0; i < b->steps->len; i++) {
		const struct bisection_step *step = step_at(b, i);
		bool before = fabs(step->from_good.effect) >= fabs(step->to_bad.effect);

		if (step->outcome == BISECTION_BOTH)
			notes_add(notes, "Another, smaller change is between %u and %u.",
				  before ? step->kernel : step->good, before ? step->bad : step->kernel);
	}
}

void bisection_table_print(const struct page *p, const struct bisection *b, const struct bisection_subject *of)
{
	g_autoptr(GPtrArray) notes = notes_new();

	notes_add(notes, "from %%: gain of the kernel over the first of the two that it stands between; to %%: "
			 "of the second over it. *: differs. gain %% = 100 (t(earlier) / t(later) - 1): + is "
			 "faster.");
	add_rest(notes, b, of);
	add_others(notes, b);
	print_steps(p, b, of->counted);
	page_notes(p, notes);
}

static json_t *contrast_data(const struct bisection_contrast *c, bool counted)
{
	json_t *object = json_object();

	data_gain(object, "gain_pct", c->effect);
	if (counted)
		data_gain(object, "gate_pct", c->limit);
	else
		data_number(object, "p", c->limit);
	json_object_set_new(object, "differs", json_boolean(c->differs));
	return object;
}

static json_t *step_data(const struct bisection_step *step, bool counted)
{
	json_t *object = json_object();

	data_count(object, "good", step->good);
	data_count(object, "kernel", step->kernel);
	data_count(object, "bad", step->bad);
	data_text(object, "change", bisection_outcome_name(step->outcome));
	json_object_set_new(object, "from_good", contrast_data(&step->from_good, counted));
	json_object_set_new(object, "to_bad", contrast_data(&step->to_bad, counted));
	return object;
}

json_t *bisection_table_data(const struct bisection *b, const struct bisection_subject *of)
{
	json_t *object = json_object(), *steps = json_array(), *left = json_array();

	data_count(object, "v", 1);
	data_text(object, "row", of->row);
	data_number(object, "alpha", of->alpha);
	data_count(object, "comparisons", bisection_comparisons(b->patches));
	json_object_set_new(object, "ends", contrast_data(&b->ends, of->counted));
	for (guint i = 0; i < b->steps->len; i++)
		json_array_append_new(steps, step_data(step_at(b, i), of->counted));
	json_object_set_new(object, "steps", steps);
	for (unsigned int kernel = b->good + 1; kernel <= b->bad; kernel++)
		json_array_append_new(left, json_pack("{s:i, s:s, s:s}", "patch", kernel, "file",
						      patch_of(of, kernel)->file, "subject",
						      patch_of(of, kernel)->subject));
	json_object_set_new(object, "patches", left);
	return object;
}
