// SPDX-License-Identifier: GPL-2.0-only
#include "across.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

static bool same_figures(const struct run *before, const struct run *after, GError **error)
{
	const struct run *without = before->plan->subtract_setup ? after : before;

	if (before->plan->subtract_setup == after->plan->subtract_setup)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "the figures of %s have the set-up in them, those of the other run have not "
		    "(subtract_setup); compare runs that measured the same",
		    without->dir);
	return false;
}

/* A loop of arm64 has other instructions than one of x86_64. */
static bool same_instructions(const struct run *before, const struct run *after, GError **error)
{
	const char *b = before->plan->machine.arch, *a = after->plan->machine.arch;

	if (!run_is_counted(before) || !g_strcmp0(b, a))
		return same_figures(before, after, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s counted instructions of %s and %s those of %s, which are different units", before->dir,
		    b, after->dir, a);
	return false;
}

/* Seconds, instructions and emulated seconds are different units: no key allows that to differ. */
static bool same_unit(const struct run *before, const struct run *after, GError **error)
{
	const char *b = json_text(before->manifest, "accel"), *a = json_text(after->manifest, "accel");

	if (!g_strcmp0(b, a))
		return same_instructions(before, after, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s was measured with %s and %s with %s, which are different units; compare runs of one "
		    "accelerator",
		    before->dir, b ? b : "an unknown accelerator", after->dir,
		    a ? a : "an unknown accelerator");
	return false;
}

static const struct plan_row *row_at(const struct comparison *c, guint cell)
{
	return c->cells->pdata[cell];
}

static void leave_out(struct across *a, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void leave_out(struct across *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(a->left_out, g_strdup_vprintf(format, args));
	va_end(args);
}

static bool find_row(const struct comparison *c, const char *name, guint *ret_cell)
{
	for (guint i = 0; i < c->cells->len; i++) {
		if (strcmp(row_at(c, i)->name, name))
			continue;
		*ret_cell = i;
		return true;
	}
	return false;
}

/* A row's name has all of its cell but the loops. */
static void match_row(struct across *a, guint cell)
{
	struct across_row row = { row_at(a->after, cell), 0, cell };
	unsigned int loops;

	if (!find_row(a->before, row.row->name, &row.before)) {
		leave_out(a, "%s: only in the later run", row.row->name);
		return;
	}
	loops = row_at(a->before, row.before)->cell->loops;
	if (loops == row.row->cell->loops)
		g_array_append_val(a->rows, row);
	else
		leave_out(a, "%s: %u loops, then %u", row.row->name, loops, row.row->cell->loops);
}

static void match_rows(struct across *a)
{
	guint cell;

	for (guint i = 0; i < a->after->cells->len; i++)
		match_row(a, i);
	for (guint i = 0; i < a->before->cells->len; i++) {
		if (!find_row(a->after, row_at(a->before, i)->name, &cell))
			leave_out(a, "%s: only in the earlier run", row_at(a->before, i)->name);
	}
}

static const char *why_missing(const struct across_pair *pair, const struct across_row *row)
{
	const struct series *before = &pair->before->series[row->before],
			    *after = &pair->after->series[row->after];

	if (pair->before->failed)
		return "the earlier kernel failed";
	if (pair->after->failed)
		return "the later kernel failed";
	if (confound_refuses(pair->confound))
		return "not compared";
	if (!before->figures->len)
		return "no complete boot in the earlier run";
	if (!after->figures->len)
		return "no complete boot in the later run";
	if (!(before->lowest > 0) || !(after->lowest > 0))
		return "a time of 0";
	return NULL;
}

/* The later run's, or when its plan has no layouts the earlier one's. */
static double counted_gate(const struct across *a, const struct across_row *row)
{
	double later = comparison_counted_gate(a->after, row->after);

	return isnan(later) ? comparison_counted_gate(a->before, row->before) : later;
}

static void compare_row(const struct across *a, const struct across_pair *pair, guint i)
{
	const struct across_row *row = &g_array_index(a->rows, struct across_row, i);
	const struct series *before = &pair->before->series[row->before],
			    *after = &pair->after->series[row->after];
	struct contrast *contrast = &pair->rows[i];

	contrast_init(contrast, why_missing(pair, row));
	if (contrast->missing)
		return;
	if (a->after->counted) {
		contrast_counted(contrast, before, after);
		contrast_judge_counted(contrast, counted_gate(a, row), before, after);
	} else {
		contrast_unpaired(contrast, before, after, comparison_gate(a->after));
	}
}

static void add_pair(struct across *a, const char *before, const char *after, const char *const *allowed)
{
	const struct run *b = a->before->run, *c = a->after->run;
	struct across_pair *pair = &a->pairs[a->pairs_count++];

	pair->before = comparison_find_arm(a->before, before);
	pair->after = comparison_find_arm(a->after, after);
	pair->confound = confound_new(&(struct confound_side){ b->plan, b->manifest, before },
				      &(struct confound_side){ c->plan, c->manifest, after }, allowed);
	pair->rows = g_new0(struct contrast, a->rows->len);
	for (guint i = 0; i < a->rows->len; i++)
		compare_row(a, pair, i);
}

/* What a table of one run shows, and its baseline. */
static bool is_of_interest(const struct comparison *c, const struct comparison_arm *arm)
{
	return arm == c->baseline || (arm->shown && arm->role != COMPARISON_AA);
}

static void add_pairs(struct across *a, const char *const *allowed)
{
	for (unsigned int i = 0; i < a->after->arms_count; i++) {
		const struct comparison_arm *arm = &a->after->arms[i];

		if (is_of_interest(a->after, arm) && comparison_find_arm(a->before, arm->name))
			add_pair(a, arm->name, arm->name, allowed);
	}
}

static bool find_pair(struct across *a, const char *name)
{
	for (guint i = 0; name && i < a->pairs_count; i++) {
		if (!strcmp(a->pairs[i].after->name, name))
			a->only = &a->pairs[i];
	}
	return !name || a->only;
}

static void pair_clear(struct across_pair *pair)
{
	confound_free(pair->confound);
	g_free(pair->rows);
}

/* Two arms that were named: they are a family of their own. */
static bool choose_pair(struct across *a, const char *names, const char *const *allowed, GError **error)
{
	const char *colon = strchr(names, ':');
	g_autofree char *before = colon ? g_strndup(names, colon - names) : g_strdup(names);
	const char *after = colon ? colon + 1 : names;

	while (a->pairs_count > 0)
		pair_clear(&a->pairs[--a->pairs_count]);
	if (comparison_find_arm(a->before, before) && comparison_find_arm(a->after, after)) {
		add_pair(a, before, after, allowed);
		return true;
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--arm: \"%s\": %s has no arm \"%s\"; give a name that both runs have, or OLD:NEW", names,
		    comparison_find_arm(a->before, before) ? a->after->run->dir : a->before->run->dir,
		    comparison_find_arm(a->before, before) ? after : before);
	return false;
}

static void judge(struct across *a)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();

	a->family = (size_t)a->pairs_count * a->rows->len;
	for (guint i = 0; i < a->pairs_count; i++) {
		for (guint row = 0; row < a->rows->len; row++)
			g_ptr_array_add(rows, &a->pairs[i].rows[row]);
	}
	if (!a->after->counted)
		contrast_judge_family((struct contrast *const *)rows->pdata, rows->len);
}

static bool is_empty(const struct across *a, GError **error)
{
	const char *what = !a->rows->len ? "row (a test with its threads, pages and loops)" : "arm";

	if (a->rows->len && a->pairs_count)
		return false;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s and %s have no %s in common%s",
		    a->before->run->dir, a->after->run->dir, what,
		    a->rows->len ? "; name two of them with --arm OLD:NEW" : "");
	return true;
}

struct across *across_new(const struct run *before, const struct run *after, enum comparison_metric metric,
			  const char *arm, const char *const *allowed, GError **error)
{
	g_autoptr(across) a = NULL;

	if (!same_unit(before, after, error))
		return NULL;
	a = g_new0(struct across, 1);
	a->before = comparison_new_allowing(before, metric, allowed);
	a->after = comparison_new_allowing(after, metric, allowed);
	a->rows = g_array_new(FALSE, FALSE, sizeof(struct across_row));
	a->left_out = g_ptr_array_new_with_free_func(g_free);
	a->pairs = g_new0(struct across_pair, a->after->arms_count);
	match_rows(a);
	add_pairs(a, allowed);
	if (!find_pair(a, arm) && !choose_pair(a, arm, allowed, error))
		return NULL;
	if (is_empty(a, error))
		return NULL;
	judge(a);
	return g_steal_pointer(&a);
}

void across_free(struct across *a)
{
	if (!a)
		return;
	for (guint i = 0; i < a->pairs_count; i++)
		pair_clear(&a->pairs[i]);
	g_free(a->pairs);
	g_array_unref(a->rows);
	g_ptr_array_unref(a->left_out);
	comparison_free(a->before);
	comparison_free(a->after);
	g_free(a);
}

bool across_is_printed(const struct across *a, const struct across_pair *pair)
{
	return !a->only || pair == a->only;
}

bool across_is_refused(const struct across *a)
{
	bool refused = false;

	for (guint i = 0; i < a->pairs_count; i++)
		refused = refused ||
			  (across_is_printed(a, &a->pairs[i]) && confound_refuses(a->pairs[i].confound));
	return refused;
}

bool across_has_failure(const struct across *a)
{
	bool failed = false;

	for (guint i = 0; i < a->pairs_count; i++)
		failed = failed || (across_is_printed(a, &a->pairs[i]) &&
				    (a->pairs[i].before->failed || a->pairs[i].after->failed));
	return failed;
}

/* A kernel that reads otherwise than it did says that the machine has changed: nothing else can be told. */
static bool is_steady(const struct across *a, struct gate *g)
{
	bool steady = true;

	for (guint i = 0; i < a->pairs_count * a->rows->len; i++) {
		const struct across_pair *pair = &a->pairs[i / a->rows->len];
		guint row = i % a->rows->len;

		if (!pair->confound->same_kernel || !contrast_is_marked(&pair->rows[row]))
			continue;
		gate_add(g, GATE_CANNOT_TELL, "%s of %s, the same kernel in both runs",
			 g_array_index(a->rows, struct across_row, row).row->name, pair->after->name);
		steady = false;
	}
	return steady;
}

static void gate_pair(struct gate *g, const struct across *a, const struct across_pair *pair, bool steady)
{
	if (pair->before->failed || pair->after->failed)
		gate_add(g, GATE_KERNEL, "arm %s",
			 pair->before->failed ? pair->before->name : pair->after->name);
	if (confound_refuses(pair->confound)) {
		gate_add(g, GATE_CANNOT_TELL, "%s was not compared", pair->after->name);
		return;
	}
	for (guint i = 0; i < a->rows->len; i++) {
		const struct across_row *row = &g_array_index(a->rows, struct across_row, i);

		if (comparison_lacks_boots(a->before, pair->before, row->before) ||
		    comparison_lacks_boots(a->after, pair->after, row->after))
			gate_add(g, GATE_INFRA, "%s of %s", row->row->name, pair->after->name);
		if (steady)
			gate_add_row(g, &pair->rows[i], row->row->name, pair->after->name);
	}
}

struct gate *across_gate(const struct across *a)
{
	struct gate *g = gate_open();
	bool steady = is_steady(a, g);

	for (guint i = 0; i < a->left_out->len; i++)
		gate_add(g, GATE_CANNOT_TELL, "%s", (const char *)a->left_out->pdata[i]);
	for (guint i = 0; i < a->pairs_count; i++) {
		if (across_is_printed(a, &a->pairs[i]))
			gate_pair(g, a, &a->pairs[i], steady);
	}
	return g;
}
