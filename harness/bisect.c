// SPDX-License-Identifier: GPL-2.0-only
#include "bisect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/msg.h"
#include "plan/bisection.h"
#include "plan/plan-series.h"
#include "render/bisection-table.h"
#include "render/comparison.h"
#include "stats/holm.h"
#include "sweep/prepare.h"
#include "sweep/sweep.h"

/* What is measured, and by whom. */
struct bisect {
	const char *path;
	const struct plan_target *target;
	char *out;
	char **command;
	struct plan *plan;		/* with all patches */
	struct bisection_subject of;
	unsigned int runs;		/* made so far */
	double gate;			/* counted: between two images, at each comparison's share; an effect */
};

static void bisect_release(struct bisect *b)
{
	plan_free(b->plan);
	g_free(b->out);
}

static double share(const struct bisect *b)
{
	return b->of.alpha / bisection_comparisons(b->plan->patches->len);
}

/* The row that @test means; NULL with the names of all. Borrowed from @rows. */
static const char *find_row(const struct plan *p, GPtrArray *rows, const char *test, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);
	const char *of_test = NULL;
	guint count = 0;

	for (guint i = 0; i < rows->len; i++) {
		const struct plan_row *row = rows->pdata[i];

		if (!strcmp(row->name, test))
			return row->name;
		g_string_append_printf(names, "%s%s", i ? ", " : "", row->name);
		if (strcmp(row->cell->test, test))
			continue;
		of_test = row->name;
		count++;
	}
	if (count == 1)
		return of_test;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "--bisect: %s: \"%s\" is %s; expected one of: %s",
		    p->path, test, count ? "more than one row" : "no row of this plan", names->str);
	return NULL;
}

/* A plan whose figures could never differ is told so before anything is built. */
static bool check_plan(const struct bisect *b, GError **error)
{
	const struct plan *p = b->plan;
	unsigned int needed = holm_smallest_blocks(bisection_comparisons(p->patches->len), b->of.alpha);

	if (p->rebuild_candidates)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "--bisect: %s: steps are single images, judged by the rebuilds of the base; leave "
			    "out rebuild_candidates",
			    p->path);
	else if (!b->of.counted && p->design.blocks < needed)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "--bisect: %s: with %u blocks no comparison can tell anything within the error "
			    "budget of %u patches; design.blocks has to be %u or more",
			    p->path, p->design.blocks, p->patches->len, needed);
	else
		return true;
	return false;
}

static bool print(const GString *text, GError **error)
{
	if (fputs(text->str, stdout) >= 0 && fflush(stdout) == 0)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write to standard output: %m");
	return false;
}

static char *arm_name(const struct bisect *b, unsigned int kernel)
{
	return kernel ? g_strdup_printf("%u", kernel) : g_strdup(b->plan->baseline);
}

static bool has_failed(const struct bisect *b, const struct run *r, unsigned int kernel)
{
	g_autofree char *name = arm_name(b, kernel);

	return run_arm_failed(r, name, NULL);
}

/*
 * Boots what is there. That a kernel failed is seen in the run; anything else is an error, and so is an
 * interruption, after which nothing is known of that kernel.
 */
static struct run *finish_run(const struct bisect *b, const char *dir, unsigned int kernel, GError **error)
{
	g_autoptr(GError) reason = NULL;
	g_autoptr(run) r = run_read(dir, error);

	if (!r || has_failed(b, r, kernel))
		return g_steal_pointer(&r);
	if (sweep_run(dir, &reason))
		return run_read(dir, error);
	g_clear_pointer(&r, run_free);
	r = run_read(dir, NULL);
	if (r && !interrupt_pending() && has_failed(b, r, kernel))
		return g_steal_pointer(&r);
	g_propagate_error(error, g_steal_pointer(&reason));
	return NULL;
}

/* A run of @steps, of which @kernel is the one that may fail. */
static struct run *measure(struct bisect *b, const unsigned int *steps, unsigned int count, unsigned int kernel,
			   GError **error)
{
	const struct plan_choice choice = { steps, count, b->of.row, b->runs == 0 };
	g_autofree char *name = g_strdup_printf("step-%u", b->runs);
	g_autofree char *dir = g_build_filename(b->out, name, NULL);
	g_autoptr(plan) p = plan_load_series(b->path, b->target, &choice, error);
	g_autofree char *made = p ? prepare_run(p, dir, b->command, error) : NULL;

	if (!made)
		return NULL;
	b->runs++;
	return finish_run(b, made, kernel, error);
}

static bool judge(const struct bisect *b, const struct comparison *c, unsigned int from, unsigned int to,
		  struct bisection_contrast *ret, GError **error)
{
	g_autofree char *from_name = arm_name(b, from);
	g_autofree char *to_name = arm_name(b, to);
	const struct comparison_arm *first = comparison_find_arm(c, from_name),
				    *second = comparison_find_arm(c, to_name);
	struct contrast row;

	comparison_contrast(c, first, second, 0, &row);
	if (row.missing) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: %s cannot be compared with %s: %s",
			    c->run->dir, to_name, from_name, row.missing);
		return false;
	}
	*ret = (struct bisection_contrast){ .effect = row.effect.estimate, .limit = row.p };
	if (b->of.counted) {
		contrast_judge_counted(&row, b->gate, &first->series[0], &second->series[0]);
		ret->limit = row.gate;
		ret->differs = contrast_is_marked(&row);
	} else {
		ret->differs = row.p <= share(b) && fabs(row.effect.estimate) > comparison_gate(c);
	}
	return true;
}

static bool measure_ends(struct bisect *b, struct bisection_contrast *ret, GError **error)
{
	unsigned int last = b->plan->patches->len;
	const unsigned int steps[] = { 0, last };
	g_autoptr(run) r = measure(b, steps, G_N_ELEMENTS(steps), last, error);
	g_autoptr(comparison) c = r ? comparison_new(r, COMPARISON_MEDIAN) : NULL;

	if (!c)
		return false;
	b->gate = b->of.counted ? comparison_counted_gate_between(c, 0, share(b)) : NAN;
	if (has_failed(b, r, last)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_KERNEL,
			    "the kernel with all %u patches failed, and a bisection needs both ends; "
			    "`vmapbench compare %s` says why",
			    last, r->dir);
		return false;
	}
	return judge(b, c, 0, last, ret, error);
}

static bool measure_step(struct bisect *b, struct bisection *state, unsigned int kernel, GError **error)
{
	const unsigned int steps[] = { state->good, kernel, state->bad };
	g_autoptr(run) r = measure(b, steps, G_N_ELEMENTS(steps), kernel, error);
	g_autoptr(comparison) c = r ? comparison_new(r, COMPARISON_MEDIAN) : NULL;
	struct bisection_contrast from_good, to_bad;

	if (!c)
		return false;
	if (has_failed(b, r, kernel)) {
		msg_info("kernel %u: skipped, it failed; `vmapbench compare %s` says why", kernel, r->dir);
		bisection_skip(state, kernel);
		return true;
	}
	if (!judge(b, c, state->good, kernel, &from_good, error) ||
	    !judge(b, c, kernel, state->bad, &to_bad, error))
		return false;
	bisection_decide(state, kernel, from_good, to_bad);
	msg_info("kernel %u: the patches %u to %u are left", kernel, state->good + 1, state->bad);
	return true;
}

static bool report(const struct bisect *b, const struct bisection *state, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *path = g_build_filename(b->out, "bisection.json", NULL);
	g_autojson data = bisection_table_data(state, &b->of);

	bisection_table_print(&(struct page){ PAGE_TEXT, text }, state, &b->of);
	return json_file_write(path, data, error) && print(text, error);
}

static bool run_steps(struct bisect *b, struct bisection *state, GError **error)
{
	unsigned int kernel;

	while (bisection_next(state, &kernel)) {
		if (!measure_step(b, state, kernel, error))
			return false;
	}
	return report(b, state, error);
}

static bool refuse_ends(const struct bisect *b, const struct bisection_contrast *ends, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s with all %u patches reads %+.2f %% and cannot be told from %s (%s %.3g%s): there is "
		    "nothing to look for",
		    b->of.row, b->plan->patches->len, contrast_gain_pct(ends->effect), b->plan->baseline,
		    b->of.counted ? "gate +-" : "p",
		    b->of.counted ? contrast_gain_pct(ends->limit) : ends->limit, b->of.counted ? " %" : "");
	return false;
}

static bool run_all(struct bisect *b, GError **error)
{
	g_autoptr(GString) budget = g_string_new(NULL);
	g_autoptr(bisection) state = NULL;
	struct bisection_contrast ends;

	bisection_table_budget(&(struct page){ PAGE_TEXT, budget }, &b->of);
	if (!print(budget, error) || !measure_ends(b, &ends, error))
		return false;
	if (!ends.differs)
		return refuse_ends(b, &ends, error);
	state = bisection_new(b->plan->patches->len, ends);
	return run_steps(b, state, error);
}

static char *default_out(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();

	return g_date_time_format(now, "runs/bisect-%Y%m%d-%H%M%S");
}

static bool check_out(const struct bisect *b, GError **error)
{
	if (!g_file_test(b->out, G_FILE_TEST_EXISTS))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s exists already; give another --out: a bisection begins anew, with kernels from the "
		    "cache",
		    b->out);
	return false;
}

int bisect_series(const char *path, const struct plan_target *target, const char *test, const char *out,
		  char **command, GError **error)
{
	struct bisect b = {
		.path = path,
		.target = target,
		.command = command,
		.out = out ? g_strdup(out) : default_out(),
		.plan = plan_load_series(path, target, NULL, error),
	};
	g_autoptr(GPtrArray) rows = b.plan ? plan_rows(b.plan) : NULL;
	bool ok;

	if (b.plan)
		b.of = (struct bisection_subject){
			.plan = b.plan,
			.row = find_row(b.plan, rows, test, error),
			.counted = !strcmp(b.plan->machine.accel, "counted"),
			.boots = b.plan->design.blocks,
			.alpha = CONTRAST_ALPHA,
		};
	ok = b.of.row && check_plan(&b, error) && check_out(&b, error) && run_all(&b, error);
	bisect_release(&b);
	return ok ? 0 : -1;
}
