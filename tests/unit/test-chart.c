// SPDX-License-Identifier: GPL-2.0-only
#include "plots/chart.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/path.h"

/* A run of tests/data/runs, drawn into a folder of its own. */
struct drawn {
	char *dir;
	GPtrArray *charts;
};

static void draw(struct drawn *d, const char *name)
{
	g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "..", "data", "runs", name, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(run) r = run_read(dir, &error);
	g_autoptr(findings) f = NULL;

	g_assert_no_error(error);
	f = findings_new(r, COMPARISON_MEDIAN, false, NULL);
	d->dir = g_dir_make_tmp("charts-XXXXXX", &error);
	g_assert_no_error(error);
	d->charts = chart_list_new();
	chart_draw(f, d->dir, d->charts, &error);
	g_assert_no_error(error);
}

static void clear(struct drawn *d)
{
	path_remove_tree(d->dir, NULL);
	g_free(d->dir);
	g_ptr_array_unref(d->charts);
}

static bool has_gnuplot(void)
{
	g_autofree char *gnuplot = g_find_program_in_path("gnuplot");

	if (!gnuplot)
		g_test_skip("there is no gnuplot");
	return gnuplot;
}

static void test_list(void)
{
	static const char *const stems[] = { "gain-mt", "gain-sorted-mt", "heat-mt", "gain-same",
					     "gain-sorted-same", "heat-same", "threads", "boots", "drift",
					     "memory" };
	static const char *const extensions[] = { ".svg", ".png", ".dat", ".gp" };
	struct drawn d;

	if (!has_gnuplot())
		return;
	draw(&d, "timed");
	g_assert_cmpuint(d.charts->len, ==, G_N_ELEMENTS(stems));
	for (guint i = 0; i < d.charts->len; i++) {
		const struct chart *c = d.charts->pdata[i];

		g_assert_cmpstr(c->stem, ==, stems[i]);
		g_assert_cmpuint(strlen(c->title), >, 5);
		g_assert_true(g_str_has_suffix(c->caption, "."));
		for (size_t k = 0; k < G_N_ELEMENTS(extensions); k++) {
			g_autofree char *file = g_strconcat(c->stem, extensions[k], NULL);
			g_autofree char *path = g_build_filename(d.dir, file, NULL);

			g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
		}
	}
	clear(&d);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/chart/list", test_list);
	return g_test_run();
}
