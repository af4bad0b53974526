// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/msg.h"
#include "base/path.h"
#include "cmd.h"
#include "render/selftest-table.h"
#include "sweep/prepare.h"
#include "sweep/sweep.h"

#define PLANS "kernels/selftest"

static char *default_out(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();

	return g_date_time_format(now, "runs/selftest-%Y%m%d-%H%M%S");
}

static bool begin(const struct plan *p, const char *dir, GError **error)
{
	char *command[] = { "sweep", p->path, "--out", (char *)dir, NULL };
	g_autofree char *made = prepare_run(p, dir, command, error);

	return made;
}

/* A run that another version of the plan began says nothing of this one. */
static struct run *read_run(const struct plan *p, const char *dir, GError **error)
{
	g_autoptr(run) r = run_read(dir, error);

	if (!r || !strcmp(r->plan->text, p->text))
		return g_steal_pointer(&r);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s is a run of another plan than %s; give another --out", dir, p->path);
	return NULL;
}

/* A run that is whole is not looked at by whether this is still the machine, and the program, that made it. */
static struct run *finish(struct run *r, GError **error)
{
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autofree char *dir = g_strdup(r->dir);

	if (selftest_is_complete(c))
		return r;
	g_clear_pointer(&c, comparison_free);
	run_free(r);
	return sweep_run(dir, error) ? run_read(dir, error) : NULL;
}

/* The run of the plan @name under @out: begun, gone on with, or done already. */
static struct run *run_plan(const char *out, const char *name, GError **error)
{
	g_autofree char *dir = g_build_filename(out, name, NULL);
	g_autofree char *relative = g_strdup_printf(PLANS "/%s.yaml", name);
	g_autofree char *path = path_data(relative);
	g_autoptr(plan) p = plan_load(path, error);
	struct run *r = NULL;

	if (!p)
		return NULL;
	msg_info("%s: %s", dir, p->title);
	if (g_file_test(dir, G_FILE_TEST_EXISTS) || begin(p, dir, error))
		r = read_run(p, dir, error);
	r = r ? finish(r, error) : NULL;
	if (!r)
		g_prefix_error(error,
			       "the self-test is not done, `vmapbench selftest --out %s` goes on with it: ",
			       out);
	return r;
}

static bool print_part(const struct selftest *s, const struct comparison *c, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const struct page page = { PAGE_TEXT, text };

	selftest_table_print(&page, s, c);
	selftest_table_legend(&page);
	if (fputs(text->str, stdout) >= 0 && fflush(stdout) == 0)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write to standard output: %m");
	return false;
}

static bool test_counted(const char *out, bool *ret_passed, GError **error)
{
	g_autoptr(run) r = run_plan(out, "counted", error);
	g_autoptr(comparison) c = r ? comparison_new(r, COMPARISON_MEDIAN) : NULL;
	g_autofree double *due = c ? selftest_due_counted(c) : NULL;
	g_autoptr(selftest) s = selftest_new();

	if (!c)
		return false;
	selftest_add(s, c, due);
	*ret_passed = selftest_passed(s);
	return print_part(s, c, error);
}

/* The noise of one unit of time says nothing of another's. */
static bool have_one_unit(const struct run *a, const struct run *b, GError **error)
{
	const char *first = json_text(a->manifest, "accel"), *second = json_text(b->manifest, "accel");

	if (!g_strcmp0(first, second))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s was measured by %s and %s by %s; give another --out, where both are measured alike",
		    a->dir, first ? first : "nobody knows what", b->dir, second ? second : "nobody knows what");
	return false;
}

static bool test_timed(const char *out, bool *ret_passed, GError **error)
{
	g_autoptr(run) same = run_plan(out, "aa", error);
	g_autoptr(run) slower = same ? run_plan(out, "canary", error) : NULL;
	g_autoptr(pilot) noise = NULL;
	g_autoptr(selftest) s = selftest_new();
	g_autoptr(comparison) nulls = NULL;
	g_autoptr(comparison) canaries = NULL;
	g_autofree double *due = NULL;

	if (slower && have_one_unit(same, slower, error))
		noise = pilot_new(same, slower->plan, COMPARISON_MEDIAN, error);
	if (!noise)
		return false;
	nulls = comparison_new(same, COMPARISON_MEDIAN);
	canaries = comparison_new(slower, COMPARISON_MEDIAN);
	due = selftest_due_timed(slower->plan, noise);
	selftest_add(s, nulls, NULL);
	selftest_add(s, canaries, due);
	*ret_passed = selftest_passed(s);
	return print_part(s, canaries, error);
}

static int test_all(const char *out, bool quick, GError **error)
{
	bool counted = false, timed = quick;

	if (!test_counted(out, &counted, error) || (!quick && !test_timed(out, &timed, error)))
		return -1;
	if (counted && timed)
		return 0;
	msg_err("the self-test has failed, see above; `vmapbench compare` has all rows of each run in %s", out);
	return BENCH_ERROR_FAILED;
}

static int test_itself(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *given = NULL;
	g_autofree char *out = NULL;
	gboolean quick = FALSE;
	const GOptionEntry options[] = {
		{ "out", 0, 0, G_OPTION_ARG_FILENAME, &given,
		  "folder of the runs (runs/selftest-DATE-TIME); goes on with those in it", "DIR" },
		{ "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "only what counts instructions: minutes", NULL },
		G_OPTION_ENTRY_NULL
	};

	if (!cmd_parse(cmd, options, 0, &argc, &argv, error))
		return -1;
	out = given ? g_steal_pointer(&given) : default_out();
	return test_all(out, quick, error);
}

const struct cmd cmd_selftest = {
	.name = "selftest",
	.args = "",
	.summary = "tell a kernel from itself, and from slower ones",
	.run = test_itself,
};
