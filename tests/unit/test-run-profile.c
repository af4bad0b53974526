// SPDX-License-Identifier: GPL-2.0-only
#include "journal/run-profile.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"

static const char manifest[] =
	"{\"v\":1,\"accel\":\"counted\",\"profile\":{\"functions\":[\"f\",\"g\"]},\"plan\":{\"path\":\"plan.yaml\",\"text\":\""
	"title: t\\narms:\\n  - {name: a, source: linux-7.3}\\naa: true\\nmachine: {accel: counted}\\n"
	"design: {blocks: 1, loads: 1}\\ncells:\\n  - {test: x, threads: [1]}\\n\"}}\n";

#define AT "\"block\":0,\"arm\":\"a\",\"boot\":\"g0\",\"cell\":\"x/1\",\"load\":0"
#define LOAD "{\"v\":1,\"t\":\"load\"," AT ",\"workers_us\":[9],\"wall_us\":20}\n"
#define PROFILE(counts, functions, calls) \
	"{\"v\":1,\"t\":\"profile\"," AT "," counts ",\"functions\":" functions ",\"calls\":" calls "}\n"
#define COUNTS "\"timed\":7,\"whole\":12,\"clocks\":2"
#define FUNCTIONS "{\"f\":[7,9],\"[user]\":[0,3]}"
#define CALL(calls, data) \
	"[{\"function\":\"f\",\"calls\":" calls ",\"instructions\":30,\"lost\":1,\"lines\":{\"data\":" data \
	",\"written\":[[0,3]],\"stack\":[[1,3]],\"code\":[[4,3]]}}]"
#define GOOD PROFILE(COUNTS, FUNCTIONS, CALL("3", "[[2,1],[5,2]]"))

static char *dir;

static struct run *read_lines(const char *lines, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "manifest.json", NULL);
	g_autofree char *journal = g_build_filename(dir, "journal.jsonl", NULL);

	g_assert_true(g_file_set_contents(path, manifest, -1, NULL));
	g_assert_true(g_file_set_contents(journal, lines, -1, NULL));
	return run_read(dir, error);
}

static void test_good(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(run) r = read_lines(GOOD LOAD, &error);
	g_autoptr(GPtrArray) names = NULL;
	const struct run_profile *p;
	const struct run_followed *calls;
	const struct run_tally *tally;

	g_assert_no_error(error);
	g_assert_true(run_is_profiled(r));
	names = run_profiled_functions(r);
	g_assert_cmpuint(names->len, ==, 2);
	g_assert_cmpstr(names->pdata[1], ==, "g");
	p = run_find_profile(r, r->loads->pdata[0]);
	g_assert_nonnull(p);
	g_assert_cmpuint(p->all.timed, ==, 7);
	g_assert_cmpuint(p->all.whole, ==, 12);
	g_assert_cmpuint(p->functions->len, ==, 2);
	g_assert_cmpstr(g_array_index(p->functions, struct run_function, 1).name, ==, "[user]");
	g_assert_cmpuint(g_array_index(p->functions, struct run_function, 0).count.whole, ==, 9);
	g_assert_cmpuint(p->calls->len, ==, 1);
	calls = p->calls->pdata[0];
	g_assert_cmpuint(calls->instructions, ==, 30);
	g_assert_cmpuint(calls->lost, ==, 1);
	tally = &g_array_index(calls->lines[RUN_LINES_DATA], struct run_tally, 1);
	g_assert_cmpuint(tally->lines, ==, 5);
	g_assert_cmpuint(tally->calls, ==, 2);
}

/* A boot that ended between the two records of a load. */
static void test_alone(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(run) r = read_lines(GOOD, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(r->loads->len, ==, 0);
	g_assert_cmpuint(g_hash_table_size(r->profiles), ==, 1);
}

static const struct {
	const char *line, *key;
} bad[] = {
	{ PROFILE("\"timed\":-1,\"whole\":12,\"clocks\":2", FUNCTIONS, "[]"), "timed" },
	{ PROFILE("\"timed\":7,\"whole\":1e3,\"clocks\":2", FUNCTIONS, "[]"), "whole" },
	{ PROFILE("\"timed\":7,\"whole\":12", FUNCTIONS, "[]"), "clocks" },
	{ PROFILE(COUNTS, "[]", "[]"), "functions" },
	{ PROFILE(COUNTS, "{}", "[]"), "functions" },
	{ PROFILE(COUNTS, "{\"f\":[7,9]}", "[]"), "functions" },
	{ PROFILE(COUNTS, "{\"f\":[7,13]}", "[]"), "functions" },
	{ PROFILE(COUNTS, "{\"f\":[7,9],\"g\":[1,3]}", "[]"), "functions" },
	{ PROFILE(COUNTS, "{\"f\":[9,7]}", "[]"), "functions" },
	{ PROFILE(COUNTS, "{\"f\":7}", "[]"), "functions" },
	{ PROFILE(COUNTS, "{\"f\":[7,-9]}", "[]"), "functions" },
	{ PROFILE(COUNTS, FUNCTIONS, "{}"), "calls" },
	{ PROFILE(COUNTS, FUNCTIONS, "[7]"), "function" },
	{ PROFILE(COUNTS, FUNCTIONS, CALL("3", "[[2,1]]")), "data" },
	{ PROFILE(COUNTS, FUNCTIONS, CALL("3", "[[2,1],[5,3]]")), "data" },
	{ PROFILE(COUNTS, FUNCTIONS, CALL("3", "[[5,2],[2,1]]")), "data" },
	{ PROFILE(COUNTS, FUNCTIONS, CALL("3", "[[5,2],[5,1]]")), "data" },
	{ PROFILE(COUNTS, FUNCTIONS, CALL("3", "7")), "data" },
	{ PROFILE(COUNTS, FUNCTIONS, CALL("2", "[[5,2]]")), "written" },
	{ GOOD GOOD, "second time" },
};

static void test_bad(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(run) r = read_lines(bad[i].line, &error);

		g_assert_null(r);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		if (!strstr(error->message, bad[i].key))
			g_error("%zu: \"%s\" does not name \"%s\"", i, error->message, bad[i].key);
	}
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	dir = g_dir_make_tmp("test-run-profile-XXXXXX", NULL);
	g_test_add_func("/run-profile/good", test_good);
	g_test_add_func("/run-profile/alone", test_alone);
	g_test_add_func("/run-profile/bad", test_bad);
	status = g_test_run();
	g_assert_true(path_remove_tree(dir, NULL));
	g_free(dir);
	return status;
}
