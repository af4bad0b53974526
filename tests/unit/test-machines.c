// SPDX-License-Identifier: GPL-2.0-only
#include "journal/machines.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "journal/run.h"

#define PLAN \
	"title: t\narms:\n  - {name: a, source: linux-7.3}\naa: true\n" \
	"machines: [{name: x86}, {name: arm, arch: arm64, smp: 2}]\n" \
	"cells:\n  - {test: x, threads: [1]}\n"

struct place {
	char *dir;	/* scratch */
	char *plan, *out;
};

static void set_up(struct place *at, gconstpointer unused)
{
	(void)unused;
	at->dir = g_dir_make_tmp("test-machines-XXXXXX", NULL);
	at->plan = g_build_filename(at->dir, "plan.yaml", NULL);
	at->out = g_build_filename(at->dir, "runs", "out", NULL);
	g_assert_true(g_file_set_contents(at->plan, PLAN, -1, NULL));
}

static void tear_down(struct place *at, gconstpointer unused)
{
	(void)unused;
	g_assert_true(path_remove_tree(at->dir, NULL));
	g_free(at->dir);
	g_free(at->plan);
	g_free(at->out);
}

static struct machines *create(const struct place *at, const char *const *names, const char *arch, GError **error)
{
	g_autoptr(GPtrArray) plans = plan_load_each(at->plan, names, arch, error);
	g_autojson command = json_pack("[ss]", "vmapbench", "sweep");

	g_assert_nonnull(plans);
	return machines_create(at->out, plans, command, error);
}

static void test_create(struct place *at, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(machines) m = create(at, NULL, NULL, &error);
	g_autoptr(machines) again = NULL;
	g_autoptr(plan) p = NULL;
	g_autofree char *dir = NULL;

	(void)unused;
	g_assert_no_error(error);
	g_assert_true(machines_is(at->out));
	g_assert_false(machines_is(at->dir));
	g_assert_cmpuint(m->names->len, ==, 2);
	g_assert_cmpstr(m->names->pdata[1], ==, "arm");
	dir = machines_run(m, "arm");
	g_assert_true(g_str_has_suffix(dir, "/runs/out/arm"));
	/* The plan is the one of that time, whatever became of the file. */
	g_assert_true(g_file_set_contents(at->plan, "title: other\n", -1, NULL));
	p = machines_plan(m, "arm", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(p->machine.arch, ==, "arm64");
	g_assert_cmpstr(p->title, ==, "t");
	g_assert_true(g_file_set_contents(at->plan, PLAN, -1, NULL));
	again = create(at, NULL, NULL, &error);
	g_assert_null(again);
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
}

static void test_chosen(struct place *at, gconstpointer unused)
{
	static const char *const one[] = { "x86", NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(machines) m = create(at, one, "arm64", &error);
	g_autoptr(plan) p = m ? machines_plan(m, "x86", &error) : NULL;

	(void)unused;
	g_assert_no_error(error);
	g_assert_cmpuint(m->names->len, ==, 1);
	g_assert_cmpstr(p->machine.arch, ==, "arm64");
}

static void test_remove(struct place *at, gconstpointer unused)
{
	g_autoptr(machines) m = create(at, NULL, NULL, NULL);
	g_autoptr(machines) later = NULL;
	g_autofree char *dir = machines_run(m, "arm");

	(void)unused;
	g_assert_true(machines_remove_empty(m));
	g_assert_false(g_file_test(at->out, G_FILE_TEST_EXISTS));
	later = create(at, NULL, NULL, NULL);
	g_assert_cmpint(g_mkdir(dir, 0755), ==, 0);
	g_assert_false(machines_remove_empty(later));
	g_assert_true(machines_is(at->out));
}

/* A name of the manifest becomes a path. */
static void test_wrong(struct place *at, gconstpointer unused)
{
	static const char *const lists[] = { "", ", \"machines\": []", ", \"machines\": [\"..\"]", ", \"machines\": [\"a/b\"]",
					     ", \"machines\": [1]", ", \"machines\": [\"a\", null]", ", \"machines\": {}" };
	g_autofree char *path = g_build_filename(at->dir, "manifest.json", NULL);

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autofree char *text = g_strdup_printf("{\"v\": 1, \"kind\": \"machines\"%s}", lists[i]);
		g_autoptr(GError) error = NULL;
		g_autoptr(machines) m = NULL;

		g_assert_true(g_file_set_contents(path, text, -1, NULL));
		m = machines_read(at->dir, &error);
		g_assert_null(m);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		g_assert_nonnull(strstr(error->message, "\"machines\" is no list"));
	}
}

/* The manifest of the run of @name, whose arm "a" was made of a patch of that digest. */
static void write_run(const struct machines *m, const char *name, const char *arch, const char *patch)
{
	g_autofree char *dir = machines_run(m, name);
	g_autofree char *path = g_build_filename(dir, "manifest.json", NULL);
	g_autofree char *common = g_strconcat(arch, ".config", NULL);
	g_autojson manifest = json_pack(
		"{s:i, s:[{s:s, s:{s:s, s:{s:s, s:s}, s:[{s:s, s:s}], s:{s:[{s:s, s:s}]}}}]}", "v", 1, "arms",
		"name", "a", "kernel", "arch", arch, "source", "kind", "deb", "digest", "d", "series", "file", "p",
		"sha256", patch, "config", "fragments", "file", common, "sha256", arch);

	g_assert_nonnull(manifest);
	g_assert_true(path_make_dirs(dir, NULL));
	g_assert_true(json_file_write(path, manifest, NULL));
}

/* A patch that has changed between the runs of two machines. */
static void test_kernels(struct place *at, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(machines) m = create(at, NULL, NULL, NULL);

	(void)unused;
	write_run(m, "x86", "x86_64", "1");
	g_assert_true(machines_check_kernels(m, "x86", &error));
	write_run(m, "arm", "arm64", "1");
	g_assert_true(machines_check_kernels(m, "arm", &error));
	g_assert_no_error(error);
	write_run(m, "arm", "arm64", "2");
	g_assert_false(machines_check_kernels(m, "arm", &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, "arm a: its patches, source or configuration are not those that "
						"the run of machine x86 was begun with"));
}

/* What is left of a run that was killed before it had its manifest is in nobody's way; figures are kept. */
static void test_begun(struct place *at, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(machines) m = create(at, NULL, NULL, NULL);
	g_autofree char *dir = machines_run(m, "arm");
	g_autofree char *console = g_build_filename(dir, "console", NULL);
	g_autofree char *records = g_build_filename(dir, "journal.jsonl", NULL);

	(void)unused;
	g_assert_true(machines_clear_begun(m, "arm", &error));
	g_assert_true(path_make_dirs(console, NULL));
	g_assert_true(g_file_set_contents(records, "{}\n", -1, NULL));
	g_assert_false(machines_has_run(m, "arm"));
	g_assert_false(machines_clear_begun(m, "arm", &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_clear_error(&error);
	g_assert_true(g_file_set_contents(records, "", 0, NULL));
	g_assert_true(machines_clear_begun(m, "arm", &error));
	g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
	write_run(m, "arm", "arm64", "1");
	g_assert_true(machines_has_run(m, "arm"));
	g_assert_true(machines_clear_begun(m, "arm", &error));
	g_assert_true(machines_has_run(m, "arm"));
	g_assert_no_error(error);
}

/* It is no run, and says what it is. */
static void test_no_run(struct place *at, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(machines) m = create(at, NULL, NULL, NULL);
	g_autoptr(run) r = run_read(at->out, &error);

	(void)unused;
	g_assert_nonnull(m);
	g_assert_null(r);
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, "holds the runs of several machines"));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(struct place *at, gconstpointer unused);
	} tests[] = {
		{ "/machines/create", test_create }, { "/machines/chosen", test_chosen },
		{ "/machines/remove", test_remove }, { "/machines/wrong", test_wrong },
		{ "/machines/no-run", test_no_run },
		{ "/machines/kernels", test_kernels }, { "/machines/begun", test_begun },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct place, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
