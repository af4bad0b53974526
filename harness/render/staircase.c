// SPDX-License-Identifier: GPL-2.0-only
#include "staircase.h"

#include "notes.h"
#include "plan/plan-series.h"

static bool is_step(const struct comparison_arm *arm)
{
	return arm->role == COMPARISON_BASELINE || arm->role == COMPARISON_CANDIDATE;
}

/* A kernel that failed, or was made in another way, is nothing that the next one could be set against. */
static bool can_be_previous(const struct comparison_arm *arm)
{
	return !arm->failed && !confound_refuses(arm->confound);
}

static const struct comparison_arm *find_previous(const struct staircase *s)
{
	for (guint i = s->count; i > 0; i--) {
		if (can_be_previous(s->steps[i - 1].arm))
			return s->steps[i - 1].arm;
	}
	return s->count ? s->steps[0].arm : NULL;
}

static void contrast_cell(const struct staircase *s, struct staircase_step *step, guint cell)
{
	const struct comparison *c = s->comparison;
	struct contrast *row = &step->rows[cell];

	comparison_contrast(c, step->previous ? step->previous : c->baseline, step->arm, cell, row);
	if (row->missing || !comparison_is_gated(c, step->arm))
		return;
	contrast_judge_counted(row,
			       step->previous == c->baseline ?
				       comparison_counted_gate(c, cell) :
				       comparison_counted_gate_between(c, cell, CONTRAST_ALPHA),
			       &step->previous->series[cell], &step->arm->series[cell]);
}

static void add_step(struct staircase *s, const struct comparison_arm *arm)
{
	const struct plan *p = s->comparison->run->plan;
	struct staircase_step *step = &s->steps[s->count];

	*step = (struct staircase_step){
		.arm = arm,
		.patch = plan_series_patch(p, plan_find_arm(p, arm->name)),
		.previous = find_previous(s),
		.rows = g_new0(struct contrast, s->comparison->cells->len),
		.memory = memory_of(notes_kernel(s->comparison->run, arm->name)),
	};
	for (guint cell = 0; cell < s->comparison->cells->len; cell++)
		contrast_cell(s, step, cell);
	s->count++;
}

static void judge_tested(struct staircase *s)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();

	for (guint i = 1; i < s->count; i++) {
		for (guint cell = 0; cell < s->comparison->cells->len; cell++) {
			if (!comparison_is_gated(s->comparison, s->steps[i].arm))
				g_ptr_array_add(rows, &s->steps[i].rows[cell]);
		}
	}
	contrast_judge_family((struct contrast *const *)rows->pdata, rows->len);
}

struct staircase *staircase_new(const struct comparison *c)
{
	struct staircase *s;

	if (!c->run->plan->patches)
		return NULL;
	s = g_new0(struct staircase, 1);
	s->comparison = c;
	s->steps = g_new0(struct staircase_step, c->arms_count);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (is_step(&c->arms[i]))
			add_step(s, &c->arms[i]);
	}
	judge_tested(s);
	return s;
}

void staircase_free(struct staircase *s)
{
	if (!s)
		return;
	for (guint i = 0; i < s->count; i++)
		g_free(s->steps[i].rows);
	g_free(s->steps);
	g_free(s);
}

char *staircase_step_name(const struct staircase_step *step)
{
	return step->patch ? g_strdup_printf("%s %s", step->arm->name, step->patch->subject) :
			     g_strdup(step->arm->name);
}
