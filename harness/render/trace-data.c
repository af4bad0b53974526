// SPDX-License-Identifier: GPL-2.0-only
#include "trace-data.h"

#include <math.h>

#include "data.h"

static json_t *new_row(const struct comparison *c, unsigned int arm, guint cell)
{
	json_t *row = json_object();

	data_text(row, "arm", c->arms[arm].name);
	data_text(row, "cell", comparison_cell(c, cell));
	return row;
}

static json_t *latency_row(const struct latency *l, const struct latency_row *of, unsigned int arm, int figure)
{
	const struct comparison *c = l->comparison;
	const struct latency_side *base = &of->sides[c->baseline - c->arms], *side = &of->sides[arm];
	const struct contrast *contrast = &side->contrasts[figure];
	bool judged = latency_figures[figure].judged && !contrast->missing;
	json_t *row = new_row(c, arm, of->cell);

	data_text(row, "function", of->function);
	data_text(row, "figure", latency_figures[figure].name);
	data_text(row, "unit", c->counted ? "instructions" : "ns");
	data_text(row, "verdict", judged ? verdict_name(contrast->verdict) : NULL);
	data_contrast(row, contrast, c->counted);
	data_text(row, "missing", l->refused[arm] ? l->refused[arm] : contrast->missing);
	data_series(row, "baseline", &base->figures[figure]);
	data_number(row, "baseline_calls_per_load", base->calls.median);
	data_count(row, "baseline_lost", base->lost);
	data_series(row, "candidate", &side->figures[figure]);
	data_number(row, "candidate_calls_per_load", side->calls.median);
	data_count(row, "candidate_lost", side->lost);
	return row;
}

void trace_data_latency(const struct findings *f, unsigned int arm, json_t *rows)
{
	if (&f->comparison->arms[arm] == f->comparison->baseline)
		return;
	for (guint i = 0; i < f->latency->rows->len; i++) {
		for (int figure = 0; figure < LATENCY_FIGURES; figure++)
			json_array_append_new(rows,
					      latency_row(f->latency, f->latency->rows->pdata[i], arm, figure));
	}
}

/* "find_unlink_vmap_area 91.2; purge_vmap_node 8.8": one field, so that a csv can hold it. */
static char *callers_text(const struct locks_side *side)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < side->callers->len; i++) {
		const char *site = g_array_index(side->callers, struct locks_caller, i).site;

		g_string_append_printf(text, "%s%s %.1f", i ? "; " : "", site, locks_caller_pct(side, site));
	}
	return g_string_free(text, FALSE);
}

static void add_lock_side(json_t *row, const char *prefix, const struct locks_side *side, bool times)
{
	const struct {
		const char *name;
		const struct series *s;
	} series[] = { { "waits", &side->waits }, { "wait_us", &side->wait_us }, { "max_us", &side->max_us } };
	g_autofree char *callers_key = g_strconcat(prefix, "_callers_pct", NULL);
	g_autofree char *sampled_key = g_strconcat(prefix, "_callers_sampled", NULL);
	g_autofree char *lost_key = g_strconcat(prefix, "_lost", NULL);
	g_autofree char *callers = callers_text(side);

	for (size_t i = 0; i < (times ? G_N_ELEMENTS(series) : 1); i++) {
		g_autofree char *key = g_strconcat(prefix, "_", series[i].name, NULL);

		data_series(row, key, series[i].s);
	}
	data_text(row, callers_key, callers);
	json_object_set_new(row, sampled_key, json_boolean(locks_is_sampled(side)));
	data_count(row, lost_key, side->lost);
}

void trace_data_locks(const struct findings *f, unsigned int arm, json_t *rows)
{
	const struct comparison *c = f->comparison;

	if (&c->arms[arm] == c->baseline)
		return;
	for (guint i = 0; i < f->locks->rows->len; i++) {
		const struct locks_row *of = f->locks->rows->pdata[i];
		json_t *row = new_row(c, arm, of->cell);

		data_text(row, "lock", of->lock);
		data_text(row, "missing", f->locks->refused[arm]);
		data_text(row, "times_left_out", f->locks->no_times);
		add_lock_side(row, "baseline", &of->sides[c->baseline - c->arms], !f->locks->no_times);
		add_lock_side(row, "candidate", &of->sides[arm], !f->locks->no_times);
		json_array_append_new(rows, row);
	}
}

void trace_data_overhead(const struct findings *f, unsigned int arm, json_t *rows)
{
	const struct comparison *c = f->comparison;

	for (guint cell = 0; f->overhead->known && cell < c->cells->len; cell++) {
		const struct overhead_side *side = overhead_side(f->overhead, arm, cell);

		for (int step = 0; step < OVERHEAD_STEPS; step++) {
			json_t *row = new_row(c, arm, cell);

			data_text(row, "step", overhead_step_name(step));
			data_text(row, "unit", run_unit(c->run));
			data_gain(row, "cost_pct", side->costs[step].effect.estimate);
			data_gain(row, "low_pct", side->costs[step].effect.low);
			data_gain(row, "high_pct", side->costs[step].effect.high);
			data_number(row, "level", side->costs[step].effect.level);
			data_count(row, "boots", side->costs[step].blocks);
			data_text(row, "missing", side->costs[step].missing);
			data_series(row, "before", &side->before[step]);
			data_series(row, "after", &side->after[step]);
			json_array_append_new(rows, row);
		}
	}
}
