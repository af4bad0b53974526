// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/path.h"

struct place {
	char *dir;
	char *path;
};

static void place_set_up(struct place *at, gconstpointer unused)
{
	(void)unused;
	at->dir = g_dir_make_tmp("test-json-XXXXXX", NULL);
	at->path = g_build_filename(at->dir, "a.json", NULL);
}

static void place_tear_down(struct place *at, gconstpointer unused)
{
	(void)unused;
	g_assert_true(path_remove_tree(at->dir, NULL));
	g_free(at->dir);
	g_free(at->path);
}

static void test_round_trip(struct place *at, gconstpointer unused)
{
	g_autojson written = json_pack("{s:s, s:f, s:I, s:n, s:[b]}", "z", "\xc3\xa4 \"\n", "a", 0.1, "m",
				       (json_int_t)G_MAXINT64, "null", "list", 1);
	g_autoptr(GError) error = NULL;
	g_autojson read = NULL;
	struct stat info;

	(void)unused;
	g_assert_true(json_file_write(at->path, written, &error));
	/* Over itself as well. */
	g_assert_true(json_file_write(at->path, written, &error));
	g_assert_cmpint(stat(at->path, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 0777 & ~0022, ==, 0644 & ~0022);
	read = json_file_read(at->path, &error);
	g_assert_no_error(error);
	g_assert_true(json_equal(read, written));
}

static const struct {
	const char *text;
	const char *error;	/* behind the file's name */
} wrong[] = {
	{ "", ":1:0: not valid JSON: " },
	{ "{", ":1:1: not valid JSON: " },
	{ "{\n  \"a\": 1,\n  \"b\" 2\n}", ":3:7: not valid JSON: " },
	{ "{\"a\":1,\"a\":2}", ":1:10: not valid JSON: duplicate object key" },
	{ "{} x", ":1:4: not valid JSON: " },
};

static void test_wrong(struct place *at, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autofree char *begin = g_strconcat(at->path, wrong[i].error, NULL);
		g_autoptr(GError) error = NULL;

		g_assert_true(g_file_set_contents(at->path, wrong[i].text, -1, NULL));
		g_assert_null(json_file_read(at->path, &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		if (!g_str_has_prefix(error->message, begin))
			g_error("\"%s\" does not begin with \"%s\"", error->message, begin);
	}
}

static void test_unreadable(struct place *at, gconstpointer unused)
{
	g_autofree char *nowhere = g_build_filename(at->dir, "no", "a.json", NULL);
	g_autojson empty = json_object();
	g_autoptr(GError) read_error = NULL;
	g_autoptr(GError) write_error = NULL;

	(void)unused;
	g_assert_null(json_file_read(at->path, &read_error));
	g_assert_error(read_error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_nonnull(strstr(read_error->message, at->path));
	g_assert_false(json_file_write(nowhere, empty, &write_error));
	g_assert_nonnull(write_error);
	g_assert_nonnull(strstr(write_error->message, nowhere));
}

static void test_line(void)
{
	static const double values[] = { 0.1, 1.0 / 3, 1e-300, 123456789.123456789, 5e-324, 1e15 + 0.3 };
	g_autojson object = json_pack("{s:i, s:s, s:[i,i]}", "z", 1, "a", "x\ny", "list", 1, 2);
	g_autofree char *line = json_line(object);

	/* Keys in the order they were set, no newline, however the text has some. */
	g_assert_cmpstr(line, ==, "{\"z\":1,\"a\":\"x\\ny\",\"list\":[1,2]}");
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autojson list = json_pack("[f]", values[i]);
		g_autofree char *text = json_line(list);
		g_autojson back = json_loads(text, 0, NULL);

		g_assert_true(json_real_value(json_array_get(back, 0)) == values[i]);
	}
}

static void test_getters(void)
{
	g_autojson object = json_pack("{s:s, s:i, s:i, s:f, s:n}", "text", "t", "count", 7, "negative", -1,
				      "real", 7.0, "null");
	g_autojson list = json_array();

	g_assert_cmpstr(json_text(object, "text"), ==, "t");
	g_assert_null(json_text(object, "count"));
	g_assert_null(json_text(object, "absent"));
	g_assert_null(json_text(list, "text"));
	g_assert_null(json_text(NULL, "text"));
	g_assert_cmpint(json_count(object, "count", -1), ==, 7);
	g_assert_cmpint(json_count(object, "negative", 3), ==, 3);
	g_assert_cmpint(json_count(object, "real", 3), ==, 3);
	g_assert_cmpint(json_count(object, "text", 3), ==, 3);
	g_assert_cmpint(json_count(object, "absent", 3), ==, 3);
	g_assert_cmpint(json_count(NULL, "count", 3), ==, 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/json/round-trip", struct place, NULL, place_set_up, test_round_trip, place_tear_down);
	g_test_add("/json/wrong", struct place, NULL, place_set_up, test_wrong, place_tear_down);
	g_test_add("/json/unreadable", struct place, NULL, place_set_up, test_unreadable, place_tear_down);
	g_test_add_func("/json/line", test_line);
	g_test_add_func("/json/getters", test_getters);
	return g_test_run();
}
