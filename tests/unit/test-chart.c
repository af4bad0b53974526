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

/* What stands between @before and the next @end, at each place: char *, in a set. */
static void collect(GHashTable *found, const char *text, const char *before, char end)
{
	for (const char *at = strstr(text, before); at; at = strstr(at, before)) {
		at += strlen(before);
		g_hash_table_add(found, g_strndup(at, strchr(at, end) - at));
	}
}

/* Every id of each picture is its own, and every reference is to one of the same picture. */
static void test_ids(void)
{
	g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct drawn d;

	if (!has_gnuplot())
		return;
	draw(&d, "traced");
	for (guint i = 0; i < d.charts->len; i++) {
		g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_autoptr(GHashTable) meant = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_autofree char *svg = chart_svg(d.charts->pdata[i], d.dir, NULL);
		GHashTableIter iter;
		gpointer id;

		g_assert_true(g_str_has_prefix(svg, "<svg"));
		g_assert_nonnull(strstr(svg, "</svg>"));
		collect(ids, svg, " id='", '\'');
		collect(ids, svg, " id=\"", '"');
		collect(meant, svg, "href='#", '\'');
		collect(meant, svg, "url(#", ')');
		g_assert_cmpuint(g_hash_table_size(ids), >, 10);
		g_assert_cmpuint(g_hash_table_size(meant), >, 3);
		for (g_hash_table_iter_init(&iter, meant); g_hash_table_iter_next(&iter, &id, NULL);)
			g_assert_true(g_hash_table_contains(ids, id));
		for (g_hash_table_iter_init(&iter, ids); g_hash_table_iter_next(&iter, &id, NULL);)
			g_assert_true(g_hash_table_add(all, g_strdup(id)));
	}
	clear(&d);
}

/* What a picture says is not what it means. */
static void test_text_is_no_id(void)
{
	static const char text[] = "<?xml version=\"1.0\"?>\n<svg id=\"x\"><text> id='y' url(#z)</text>"
				   "<use xlink:href='#x' fill='url(#x)'/></svg>\n";
	g_autofree char *dir = g_dir_make_tmp("charts-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "a~b.svg", NULL);
	struct chart c = { .stem = (char *)"a~b" };
	g_autofree char *svg = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	svg = chart_svg(&c, dir, NULL);
	g_assert_cmpstr(svg, ==,
			"<svg id=\"a~b-x\"><text> id='y' url(#z)</text>"
			"<use xlink:href='#a~b-x' fill='url(#a~b-x)'/></svg>\n");
	path_remove_tree(dir, NULL);
	g_assert_null(chart_svg(&c, dir, &error));
	g_assert_nonnull(strstr(error->message, "a~b.svg"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/chart/list", test_list);
	g_test_add_func("/chart/ids", test_ids);
	g_test_add_func("/chart/text-is-no-id", test_text_is_no_id);
	return g_test_run();
}
