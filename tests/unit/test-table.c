// SPDX-License-Identifier: GPL-2.0-only
/* Tables at their widest, and the parts that they are made of. */
#include "render/table.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "render/figure.h"
#include "render/wrap.h"
#include "render/page.h"
#include "run-builder.h"

#define FORTY(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define LONG_CELL FORTY("t") "/16/p4096/huge"

static const char plan_text[] =
	"title: \"K\303\266ln \342\202\254 " FORTY("title ") "\"\n"
	"arms:\n  - {name: " FORTY("b") ", source: linux-7.3}\n"
	"  - {name: " FORTY("c") ", source: linux-7.3, series: [x.patch]}\n"
	"machine: {accel: %s}\ndesign: {blocks: 7, loads: 1, seed: 4294967295}\naa: true\n%s"
	"cells: [{test: " FORTY("t") ", threads: [%u], loops: 10%s}]\n";

static const char *const arms[] = { FORTY("b"), FORTY("c"), FORTY("b") "~1", "aa" };

/* Times of @times per arm in every block, with a spread of @spread. */
static struct run *wide_run(const char *accel, const double *times, double spread)
{
	bool counted = !strcmp(accel, "counted");
	g_autofree char *text =
		g_strdup_printf(plan_text, accel, counted ? "rebuilds: 1\n" : "", counted ? 1 : 16,
				", pages: 4096, huge: true");
	struct run *r = builder_run(text, accel);

	for (unsigned int block = 0; block < 7; block++) {
		for (size_t arm = 0; arm < G_N_ELEMENTS(arms); arm++)
			builder_load(r, block, arms[arm], counted ? FORTY("t") "/1/p4096/huge" : LONG_CELL,
				     times[arm] * pow(spread, (block * (arm + 1)) % 5));
	}
	json_object_set_new(r->manifest, "command",
			    json_pack("[ssss]", "vmapbench", "sweep", FORTY("/a/long/path"), "it's \303\251"));
	json_object_set_new(r->manifest, "synthetic", json_string(FORTY("words ")));
	return r;
}

static void assert_narrow_ascii(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		g_test_message("%s", *line);
		g_assert_cmpuint(strlen(*line), <=, PAGE_WIDTH);
		g_assert_false(g_str_has_suffix(*line, "  "));
		for (char *c = *line; *c; c++)
			g_assert_true(g_ascii_isprint(*c));
	}
}

static void assert_text_narrow(const struct run *r)
{
	g_autoptr(findings) f = findings_new(r, COMPARISON_MEDIAN, false, NULL);
	const struct comparison *c = f->comparison;
	g_autoptr(GString) all = g_string_new(NULL);

	table_render(f, TABLE_TEXT, TABLE_ALL, NULL, all);
	assert_narrow_ascii(all->str);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		g_autoptr(GString) one = g_string_new(NULL);

		if (&c->arms[i] == c->baseline)
			continue;
		table_render(f, TABLE_TEXT, TABLE_ALL, &c->arms[i], one);
		assert_narrow_ascii(one->str);
	}
}

static void test_widest(void)
{
	static const double times[][G_N_ELEMENTS(arms)] = {
		{ 1, 1, 1, 1 },
		{ 1e15, 1, 1e14, 1e15 },
		{ 1, 1e15, 1e3, 2 },
		{ 9999999.94, 999999999.4, 99999.96, 10000000 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
		g_autoptr(run) tcg = wide_run("tcg", times[i], 1.9);
		g_autoptr(run) counted = wide_run("counted", times[i], 1);
		g_autoptr(run) unsteady = wide_run("counted", times[i], 1.01);

		assert_text_narrow(tcg);
		assert_text_narrow(counted);
		assert_text_narrow(unsteady);
	}
}

static void test_widest_failure(void)
{
	static const double times[] = { 1, 1, 1, 1 };
	g_autoptr(run) r = wide_run("tcg", times, 1);

	builder_end(r, arms[1], RUN_KERNEL,
		    "panic\twith\nnewlines, \342\202\254 and " FORTY("words ") FORTY("x") FORTY("x"));
	r->torn = true;
	assert_text_narrow(r);
}

/* No percentage without a spread. */
static void test_one_block(void)
{
	g_autofree char *text = g_strdup_printf(plan_text, "tcg", "", 16, ", pages: 4096, huge: true");
	g_autoptr(run) r = builder_run(text, "tcg");
	g_autoptr(findings) f = NULL;
	g_autoptr(GString) out = g_string_new(NULL);

	builder_load(r, 0, arms[0], LONG_CELL, 110);
	builder_load(r, 0, arms[1], LONG_CELL, 100);
	f = findings_new(r, COMPARISON_MEDIAN, false, NULL);
	table_render(f, TABLE_TEXT, TABLE_ALL, NULL, out);
	g_assert_nonnull(strstr(out->str, "n=1"));
	g_assert_null(strstr(out->str, "+10.0"));
}

static void test_json(void)
{
	static const double times[] = { 110, 100, 110, 110 };
	g_autoptr(run) r = wide_run("tcg", times, 1.001);
	g_autoptr(findings) f = findings_new(r, COMPARISON_MEDIAN, false, NULL);
	g_autoptr(GString) out = g_string_new(NULL);
	g_autojson root = NULL;
	const json_t *row;

	table_render(f, TABLE_JSON, TABLE_ALL, NULL, out);
	root = json_loads(out->str, 0, NULL);
	g_assert_nonnull(root);
	/* Where time is kept there are no rebuilds. */
	g_assert_cmpuint(json_array_size(json_object_get(root, "arms")), ==, G_N_ELEMENTS(arms) - 1);
	row = json_array_get(json_object_get(json_array_get(json_object_get(root, "arms"), 1), "rows"), 0);
	g_assert_cmpstr(json_text(row, "cell"), ==, LONG_CELL);
	g_assert_cmpfloat_with_epsilon(json_number_value(json_object_get(row, "gain_pct")), 10, 0.5);
}

static void test_csv_is_a_rectangle(void)
{
	static const double times[] = { 110, 100, 110, 110 };
	g_autoptr(run) r = wide_run("tcg", times, 1.001);
	g_autoptr(findings) f = findings_new(r, COMPARISON_MEDIAN, false, NULL);
	g_autoptr(GString) out = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;
	guint columns = 0;

	table_render(f, TABLE_CSV, TABLE_ALL, NULL, out);
	lines = g_strsplit(out->str, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, G_N_ELEMENTS(arms));
	for (guint i = 0; lines[i][0]; i++) {
		g_auto(GStrv) fields =
			g_regex_split_simple(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", lines[i], 0, 0);

		columns = i ? columns : g_strv_length(fields);
		g_assert_cmpuint(g_strv_length(fields), ==, columns);
	}
}

static void test_figures(void)
{
	static const struct {
		char *(*format)(double value);
		double value;
		const char *expected;
	} cases[] = {
		{ figure_gain, 0, "+0.00" },
		{ figure_gain, -99.994, "-99.99" },
		{ figure_gain, 99.996, "+100.0" },
		{ figure_gain, 999.96, "+1000" },
		{ figure_gain, 99999.6, "+1e+05" },
		{ figure_gain, INFINITY, "+inf" },
		{ figure_gain, NAN, "n/a" },
		{ figure_time, 9999999.94, "9999999.9" },
		{ figure_time, 9999999.96, "10000000" },
		{ figure_time, 999999999.6, "1.00e+09" },
		{ figure_time, NAN, "n/a" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = cases[i].format(cases[i].value);

		g_assert_cmpstr(text, ==, cases[i].expected);
	}
}

static void test_wrap(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *ascii = wrap_ascii("K\303\266ln\t\342\202\254");

	wrap_words(out, "t: one two three4567890", 8, 2);
	g_assert_cmpstr(out->str, ==, "t: one\n  two\n  three4\n  567890\n");
	g_assert_cmpstr(ascii, ==, "Koln?EUR");
}

/* No line begins as what git am or mail take for their own, and none ends with a blank. */
static void test_wrap_eaten(void)
{
	static const char *const eaten[] = {
		"--- a/x", "-- ",	  "diff --git a/x b/x", "Index: x", "From x", "> x", "+++ b/x",
		"@@ -1 @@", "GIT binary patch",
	};
	static const char *const kept[] = {
		"", "a", " --- a", "- x", "different", "Index", "From: x", "+ is faster",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(eaten); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		g_assert_true(wrap_is_eaten(eaten[i]));
		wrap_words(out, eaten[i], 40, 2);
		g_assert_true(g_str_has_prefix(out->str, "  "));
		g_assert_false(wrap_is_eaten(out->str) || g_str_has_suffix(out->str, " \n"));
	}
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		g_autofree char *line = g_strconcat(kept[i], "\n", NULL);

		g_assert_false(wrap_is_eaten(kept[i]));
		wrap_words(out, kept[i], 40, 2);
		g_assert_cmpstr(out->str, ==, line);
	}
}

static void test_wrap_blanks(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	wrap_words(out, "one two  three   ", 8, 2);
	g_assert_cmpstr(out->str, ==, "one two\n  three\n");
}

/* What a shell makes of the wrapped command is the command. */
static void test_wrap_command(void)
{
	static const char *const argv[] = { "vmapbench", "sweep", FORTY("/a/long/path"), "--out", "it's here",
					    "x",	 NULL };
	g_autoptr(GString) out = g_string_new(NULL);
	g_auto(GStrv) parts = NULL;
	g_autofree char *joined = NULL;
	g_auto(GStrv) words = NULL;

	wrap_command(out, argv, 40);
	parts = g_strsplit(out->str, "\\\n", -1);
	joined = g_strjoinv("", parts);
	g_assert_true(g_shell_parse_argv(joined, NULL, &words, NULL));
	g_assert_true(g_strv_equal((const char *const *)words, argv));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/table/widest", test_widest);
	g_test_add_func("/table/widest-failure", test_widest_failure);
	g_test_add_func("/table/one-block", test_one_block);
	g_test_add_func("/table/json", test_json);
	g_test_add_func("/table/csv-is-a-rectangle", test_csv_is_a_rectangle);
	g_test_add_func("/table/figures", test_figures);
	g_test_add_func("/table/wrap", test_wrap);
	g_test_add_func("/table/wrap-eaten", test_wrap_eaten);
	g_test_add_func("/table/wrap-blanks", test_wrap_blanks);
	g_test_add_func("/table/wrap-command", test_wrap_command);
	return g_test_run();
}
