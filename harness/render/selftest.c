// SPDX-License-Identifier: GPL-2.0-only
#include "selftest.h"

#include <math.h>
#include <string.h>

#include "stats/power.h"

#define CANARY_PREFIX "slow-"

struct selftest *selftest_new(void)
{
	struct selftest *s = g_new0(struct selftest, 1);

	s->nulls = g_array_new(FALSE, FALSE, sizeof(struct selftest_null));
	s->rows = g_array_new(FALSE, FALSE, sizeof(struct selftest_row));
	return s;
}

void selftest_free(struct selftest *s)
{
	if (!s)
		return;
	g_array_unref(s->nulls);
	g_array_unref(s->rows);
	g_free(s);
}

/* NAN: no canary. */
static double slow_down_pct(const struct comparison_arm *arm)
{
	const char *number = g_str_has_prefix(arm->name, CANARY_PREFIX) ?
				     arm->name + strlen(CANARY_PREFIX) : NULL;

	return number ? g_ascii_strtod(number, NULL) : NAN;
}

static void add_null(struct selftest *s, const struct comparison_arm *arm, const struct contrast *row,
		     const char *cell)
{
	const struct selftest_null null = { cell, arm->name, row };

	g_array_append_val(s->nulls, null);
	s->judged += !row->missing;
	s->marked += contrast_is_marked(row);
}

static void add_canary(struct selftest *s, struct selftest_row *line, const struct contrast *row, double pct)
{
	bool found = !row->missing && row->verdict == VERDICT_REGRESSED;
	bool due = pct >= line->due_pct;

	if (found)
		line->found_pct = fmin(line->found_pct, pct);
	else
		line->missed_pct = fmax(line->missed_pct, pct);
	line->due += due;
	line->due_found += due && found;
	s->reversed += !row->missing && row->verdict == VERDICT_IMPROVED;
}

static bool is_judged(const struct comparison_arm *arm)
{
	return arm->role == COMPARISON_CANDIDATE || arm->role == COMPARISON_AA;
}

void selftest_add(struct selftest *s, const struct comparison *c, const double *due)
{
	for (guint cell = 0; cell < c->cells->len; cell++) {
		const char *name = comparison_cell(c, cell);
		struct selftest_row line = { name, due ? contrast_gain_pct(due[cell]) : NAN, NAN, NAN, 0, 0 };
		guint canaries = 0;

		for (unsigned int i = 0; i < c->arms_count; i++) {
			const struct comparison_arm *arm = &c->arms[i];
			double pct = slow_down_pct(arm);

			if (!is_judged(arm))
				continue;
			canaries += !isnan(pct);
			if (isnan(pct))
				add_null(s, arm, &arm->rows[cell], name);
			else
				add_canary(s, &line, &arm->rows[cell], pct);
		}
		if (!canaries)
			continue;
		g_array_append_val(s->rows, line);
		s->due += line.due;
		s->due_found += line.due_found;
	}
}

double *selftest_due_timed(const struct plan *p, const struct pilot *earlier)
{
	double *due = g_new(double, earlier->rows_count);
	struct power *power = power_new(comparison_family(p), CONTRAST_ALPHA, p->design.blocks);

	power_set_blocks(power, p->design.blocks);
	for (guint i = 0; i < earlier->rows_count; i++) {
		double sd = pilot_ratio_sd(&earlier->rows[i], p->design.loads);

		due[i] = isnan(sd) ? NAN : power_detectable(power, sd, log1p(p->design.gate_pct / 100));
	}
	power_free(power);
	return due;
}

double *selftest_due_counted(const struct comparison *c)
{
	double *due = g_new(double, c->cells->len);

	for (guint cell = 0; cell < c->cells->len; cell++)
		due[cell] = 2 * comparison_counted_gate(c, cell);
	return due;
}

bool selftest_found_enough(const struct selftest *s)
{
	return s->due > 0 && s->due_found >= POWER_WANTED * s->due;
}

bool selftest_passed(const struct selftest *s)
{
	return s->judged > 0 && s->marked == 0 && s->reversed == 0 && selftest_found_enough(s);
}

bool selftest_is_complete(const struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++) {
			if (comparison_lacks_boots(c, &c->arms[i], cell))
				return false;
		}
	}
	return !comparison_has_failure(c);
}

const struct selftest_null *selftest_noise_floor(const struct selftest *s)
{
	const struct selftest_null *floor = NULL;

	for (guint i = 0; i < s->nulls->len; i++) {
		const struct selftest_null *null = &g_array_index(s->nulls, struct selftest_null, i);

		if (!null->row->missing &&
		    (!floor || fabs(null->row->effect.estimate) > fabs(floor->row->effect.estimate)))
			floor = null;
	}
	return floor;
}
