// SPDX-License-Identifier: GPL-2.0-only
/* The runs of several machines, one after the other, and what is said when not all of them come to their turn. */
#include "measure.h"

#include <glib/gstdio.h>
#include <signal.h>

#include "base/interrupt.h"
#include "base/path.h"
#include "journal/machines.h"

#define PLAN \
	"title: t\narms: [{name: a, source: linux-7.3}]\naa: true\n" \
	"machines: [{name: one, accel: tcg}, {name: two, accel: tcg}]\ncells: [{test: x, threads: [1]}]\n"

/* A run in which nothing was measured. */
static void make_run(const struct machines *m, const char *name)
{
	g_autofree char *text = g_strescape(PLAN, NULL);
	g_autofree char *dir = machines_run(m, name);
	g_autofree char *manifest = g_build_filename(dir, "manifest.json", NULL);
	g_autofree char *journal = g_build_filename(dir, "journal.jsonl", NULL);
	g_autofree char *json = g_strdup_printf("{\"v\":1,\"accel\":\"tcg\",\"target\":{\"machine\":\"%s\"},"
						"\"plan\":{\"path\":\"p\",\"text\":\"%s\"}}",
						name, text);

	g_assert_cmpint(g_mkdir(dir, 0755), ==, 0);
	g_assert_true(g_file_set_contents(manifest, json, -1, NULL));
	g_assert_true(g_file_set_contents(journal, "", 0, NULL));
}

/* The folder of the runs, which the caller frees. */
static char *make_runs(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, "plan.yaml", NULL);
	char *runs = g_build_filename(dir, "runs", NULL);
	g_autoptr(GPtrArray) plans = NULL;
	g_autoptr(machines) m = NULL;

	g_assert_true(g_file_set_contents(path, PLAN, -1, NULL));
	plans = plan_load_each(path, NULL, NULL, NULL);
	g_assert_nonnull(plans);
	m = machines_create(runs, plans, json_null(), NULL);
	g_assert_nonnull(m);
	for (guint i = 0; i < m->names->len; i++)
		make_run(m, m->names->pdata[i]);
	return runs;
}

/* Ctrl-C between two machines is no success. */
static void test_interrupted(void)
{
	g_autofree char *dir = NULL;
	g_autofree char *runs = NULL;
	g_autoptr(GError) error = NULL;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		g_test_trap_assert_stderr("*interrupted; `vmapbench sweep --resume */runs` goes on with what is "
					  "missing\n");
		g_test_trap_assert_stdout("*2 machines, by the verdicts*");
		return;
	}
	dir = g_dir_make_tmp("test-measure-XXXXXX", NULL);
	runs = make_runs(dir);
	interrupt_catch();
	raise(SIGINT);
	g_assert_cmpint(measure_machines(runs, &error), ==, 1);
	g_assert_no_error(error);
	g_assert_true(path_remove_tree(dir, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/measure/interrupted", test_interrupted);
	return g_test_run();
}
