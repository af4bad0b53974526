// SPDX-License-Identifier: GPL-2.0-only
#include "profile-data.h"

#include <math.h>

#include "data.h"

static json_t *new_row(const struct findings *f, unsigned int arm, const struct profile_cell *cell,
		       const char *function)
{
	const struct comparison *c = f->comparison;
	json_t *row = json_object();

	data_text(row, "arm", c->arms[arm].name);
	data_text(row, "cell", comparison_cell(c, cell->cell));
	data_text(row, "function", function);
	return row;
}

static bool has_both(const struct findings *f, const struct profile_cell *cell, unsigned int arm)
{
	const struct comparison *c = f->comparison;

	return &c->arms[arm] != c->baseline && !f->profile->refused[arm] && cell->sides[arm].known &&
	       cell->sides[c->baseline - c->arms].known;
}

static void set_costs(json_t *row, const struct profile_cost *base, const struct profile_cost *own,
		      double layout)
{
	data_number(row, "baseline", base->timed);
	data_number(row, "candidate", own->timed);
	data_number(row, "difference", own->timed - base->timed);
	data_number(row, "layout", layout);
	data_number(row, "baseline_outside", base->outside);
	data_number(row, "candidate_outside", own->outside);
}

static void add_total(const struct findings *f, const struct profile_cell *cell, unsigned int arm, json_t *rows)
{
	const struct profile_side *base = &cell->sides[f->comparison->baseline - f->comparison->arms];
	json_t *row = new_row(f, arm, cell, "[total]");

	set_costs(row, &base->total, &cell->sides[arm].total, NAN);
	json_array_append_new(rows, row);
}

void profile_data_functions(const struct findings *f, unsigned int arm, json_t *rows)
{
	unsigned int base = f->comparison->baseline - f->comparison->arms;

	for (guint i = 0; i < f->profile->cells->len; i++) {
		const struct profile_cell *cell = f->profile->cells->pdata[i];
		g_autoptr(GPtrArray) functions = NULL;

		if (!has_both(f, cell, arm))
			continue;
		functions = profile_by_difference(f->profile, cell, arm);
		add_total(f, cell, arm, rows);
		for (guint k = 0; k < functions->len; k++) {
			const struct profile_function *function = functions->pdata[k];
			json_t *row = new_row(f, arm, cell, function->name);

			set_costs(row, &function->costs[base], &function->costs[arm], function->layout);
			json_array_append_new(rows, row);
		}
	}
}

static void set_lines(json_t *row, const char *side, const char *kind, const struct profile_lines *lines)
{
	const struct {
		const char *name;
		double value;
	} figures[] = {
		{ "mean", lines->mean }, { "p50", lines->median }, { "p99", lines->p99 }, { "max", lines->max },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
		g_autofree char *key = g_strdup_printf("%s_%s_%s", side, kind, figures[i].name);

		data_number(row, key, figures[i].value);
	}
}

static void set_call(json_t *row, const char *side, const struct profile_call *call)
{
	const struct profile_lines none = { NAN, NAN, NAN, NAN };
	g_autofree char *calls = g_strconcat(side, "_calls", NULL);
	g_autofree char *instructions = g_strconcat(side, "_instructions", NULL);
	g_autofree char *lost = g_strconcat(side, "_lost", NULL);

	data_number(row, calls, call->calls);
	data_number(row, instructions, call->instructions);
	data_count(row, lost, call->lost);
	for (int kind = 0; kind < RUN_LINES_KINDS; kind++)
		set_lines(row, side, run_lines_name(kind), isnan(call->calls) ? &none : &call->lines[kind]);
}

void profile_data_lines(const struct findings *f, unsigned int arm, json_t *rows)
{
	unsigned int base = f->comparison->baseline - f->comparison->arms;

	for (guint i = 0; i < f->profile->cells->len; i++) {
		const struct profile_cell *cell = f->profile->cells->pdata[i];

		for (guint k = 0; has_both(f, cell, arm) && k < cell->calls->len; k++) {
			const struct profile_calls *calls = cell->calls->pdata[k];
			json_t *row = new_row(f, arm, cell, calls->function);

			set_call(row, "baseline", &calls->of[base]);
			set_call(row, "candidate", &calls->of[arm]);
			json_array_append_new(rows, row);
		}
	}
}
