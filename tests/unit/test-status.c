// SPDX-License-Identifier: GPL-2.0-only
#include "base/status.h"

#include <jansson.h>
#include <math.h>

#include "base/json.h"
#include "base/text.h"

static struct status sweep(void)
{
	return (struct status){
		.what = "sweep", .done = 34, .total = 120, .unit = "boot",
		.part = "block", .part_index = 3, .parts = 10,
		.words = { { "arm", "mt" }, { "cell", "full_fit_alloc_test/4/p16" },
			   { "boot", "b003-g01-mt" } },
		.failed = { { "infra", 2 }, { "kernel", 1 }, { "test", 0 } },
		.elapsed_s = 725.9, .left_s = 1864.2, .step_s = 12.7, .expected_s = 17.6,
	};
}

static void assert_lines(const struct status *s, guint columns, guint rows, const char *expected)
{
	g_autoptr(GPtrArray) lines = status_lines(s, columns, rows);
	g_autofree char *text = NULL;

	g_ptr_array_add(lines, NULL);
	text = g_strjoinv("\n", (char **)lines->pdata);
	g_assert_cmpstr(text, ==, expected);
}

/* What is left out first is what matters least. */
static void test_widths(void)
{
	static const struct {
		guint columns;
		const char *lines;
	} cases[] = {
		{ 79, "sweep  34/120 boots  28 %  block 4 of 10  elapsed 12m05s  left 31m05s\n"
		      "mt  full_fit_alloc_test/4/p16  b003-g01-mt  12 s, usually 18 s\n"
		      "failed so far: 2 infra, 1 kernel" },
		{ 62, "sweep  34/120 boots  28 %  block 4 of 10  left 31m05s\n"
		      "mt  full_fit_alloc_test/4/p16  b003-g01-mt  12 s, usually 18 s\n"
		      "failed so far: 2 infra, 1 kernel" },
		{ 59, "sweep  34/120 boots  28 %  block 4 of 10  left 31m05s\n"
		      "mt  full_fit_alloc_test/4/p16  12 s, usually 18 s\n"
		      "failed so far: 2 infra, 1 kernel" },
		{ 40, "sweep  34/120 boots  28 %  left 31m05s\n"
		      "mt  full_fit_alloc_test/4/p16\n"
		      "failed so far: 2 infra, 1 kernel" },
		{ 32, "sweep  34/120 boots  left 31m05s\n"
		      "mt  full_fit_alloc_test/4/p16\n"
		      "failed so far: 2 infra, 1 kernel" },
		{ 25, "34/120 boots  left 31m05s\n"
		      "mt  full_fit_alloc_test..\n"
		      "failed so far: 2 infra,.." },
		{ 20, "sweep  34/120 boots\n"
		      "mt  full_fit_alloc..\n"
		      "failed so far: 2 i.." },
		{ 8, "sweep\nmt\nfailed.." },
		{ 1, "" },
		{ 0, "" },
	};
	const struct status s = sweep();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_lines(&s, cases[i].columns, 3, cases[i].lines);
}

static void test_rows(void)
{
	struct status s = sweep();

	assert_lines(&s, 79, 2,
		     "sweep  34/120 boots  28 %  block 4 of 10  elapsed 12m05s  left 31m05s\n"
		     "failed so far: 2 infra, 1 kernel");
	assert_lines(&s, 79, 1, "sweep  34/120 boots  28 %  block 4 of 10  elapsed 12m05s  left 31m05s");
	assert_lines(&s, 79, 0, "");
	s.failed[0].count = s.failed[1].count = 0;
	assert_lines(&s, 79, 2,
		     "sweep  34/120 boots  28 %  block 4 of 10  elapsed 12m05s  left 31m05s\n"
		     "mt  full_fit_alloc_test/4/p16  b003-g01-mt  12 s, usually 18 s");
}

/* What is not known is not said, and nothing is said twice. */
static void test_unknown(void)
{
	const struct status first = {
		.what = "sweep", .total = 48, .unit = "boot", .part = "block", .parts = 4,
		.words = { { "arm", "aa" }, { "cell", "x/1" }, { "boot", "b000-g00-aa" },
			   { "pass", "traced" } },
		.failed = { { "infra", 0 } }, .elapsed_s = 0.4, .left_s = NAN, .step_s = 0.4, .expected_s = NAN,
	};
	struct status soak = {
		.what = "soak", .done = 7, .unit = "boot", .part = "cycle", .part_index = 2,
		.words = { { "arm", "aa" }, { "cell", "x/1" } },
		.elapsed_s = 60, .left_s = 7200, .step_s = 80, .expected_s = NAN,
	};
	struct status lines_of_make = {
		.what = "kernel mt", .done = 812, .words = { { "now", "CC mm/vmalloc.o" } },
		.elapsed_s = 12, .left_s = NAN, .step_s = 3, .expected_s = NAN,
	};
	const struct status nothing = { .what = "unpacking", .left_s = NAN, .step_s = NAN, .expected_s = NAN };

	assert_lines(&first, 79, 3, "sweep  0/48 boots  0 %  block 1 of 4\naa  x/1  b000-g00-aa  traced");
	assert_lines(&soak, 79, 3, "soak  7 boots  cycle 3  elapsed 1m00s  left 2h00m\naa  x/1  1m20s");
	soak.done = 1;
	assert_lines(&soak, 79, 1, "soak  1 boot  cycle 3  elapsed 1m00s  left 2h00m");
	assert_lines(&lines_of_make, 79, 3, "kernel mt  812  elapsed 12 s  CC mm/vmalloc.o");
	assert_lines(&lines_of_make, 38, 3, "kernel mt  812  elapsed 12 s  CC mm/..");
	assert_lines(&lines_of_make, 36, 3, "kernel mt  812  elapsed 12 s");
	lines_of_make.total = 4000;
	lines_of_make.left_s = 0.2;
	lines_of_make.rough = true;
	assert_lines(&lines_of_make, 79, 3,
		     "kernel mt  812/4000  20 %  elapsed 12 s  left ~1 s  CC mm/vmalloc.o");
	lines_of_make.total = 800;
	assert_lines(&lines_of_make, 60, 3, "kernel mt  812/800  elapsed 12 s  left ~1 s  CC mm/vmalloc.o");
	assert_lines(&nothing, 79, 3, "unpacking");
}

static void test_plain(void)
{
	const struct status s = sweep();
	g_autofree char *line = status_plain(&s);

	g_assert_cmpstr(line, ==,
			"sweep  34/120 boots  28 %  block 4 of 10  elapsed 12m05s  left 31m05s  mt  "
			"full_fit_alloc_test/4/p16  b003-g01-mt  12 s, usually 18 s  "
			"failed so far: 2 infra, 1 kernel");
}

static void test_json(void)
{
	const struct status none = {
		.what = "tab\there \xff", .left_s = NAN, .step_s = NAN, .expected_s = NAN,
	};
	const struct status s = sweep();
	g_autofree char *line = status_json(&s, "step"), *other = status_json(&none, "start");

	g_assert_cmpstr(line, ==,
			"{\"v\":1,\"t\":\"progress\",\"what\":\"sweep\",\"event\":\"step\",\"block\":3,"
			"\"blocks\":10,\"done\":34,\"total\":120,\"arm\":\"mt\","
			"\"cell\":\"full_fit_alloc_test/4/p16\",\"boot\":\"b003-g01-mt\",\"elapsed_s\":725.9,"
			"\"left_s\":1864.2,\"rough\":false,\"failed\":{\"infra\":2,\"kernel\":1,\"test\":0}}");
	g_assert_cmpstr(other, ==,
			"{\"v\":1,\"t\":\"progress\",\"what\":\"tab here \xef\xbf\xbd\",\"event\":\"start\","
			"\"done\":0,\"total\":null,\"elapsed_s\":0.0,\"left_s\":null,\"rough\":false}");
}

static void test_text(void)
{
	static const struct {
		const char *text;
		guint width, columns;
		const char *cut;
	} cases[] = {
		{ "", 0, 0, "" },
		{ "abc", 3, 3, "abc" },
		{ "abcd", 4, 3, "a.." },
		{ "abcd", 4, 2, "ab" },
		{ "abcd", 4, 0, "" },
		{ "ab cd", 5, 4, "ab.." },
		{ "ab cde", 6, 5, "ab.." },
		{ "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 6, 5, "\xe6\xbc\xa2.." },
		{ "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 6, 6, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2" },
		{ "\xe6\xbc\xa2", 2, 1, "" },
		/* A mark stays with its letter. */
		{ "a\xcc\x88" "bcd", 4, 3, "a\xcc\x88.." },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *cut = text_cut(cases[i].text, cases[i].columns);

		g_assert_cmpuint(text_width(cases[i].text), ==, cases[i].width);
		g_assert_cmpstr(cut, ==, cases[i].cut);
	}
}

/* Narrow, wide, combining, control, and what is none of them. */
static char *random_text(void)
{
	static const gunichar letters[] = {
		'a', ' ', '/', 0x6f22, 0xac00, 0x308, 0x1f600, 0xe9, '\t', 0x1b, 0x202e,
	};
	GString *text = g_string_new(NULL);

	for (int i = g_test_rand_int_range(0, 40); i > 0; i--) {
		if (g_test_rand_int_range(0, 30) == 0)
			g_string_append_c(text, (char)0xff);
		else
			g_string_append_unichar(
				text, letters[g_test_rand_int_range(0, G_N_ELEMENTS(letters))]);
	}
	return g_string_free(text, FALSE);
}

static double random_seconds(void)
{
	return g_test_rand_bit() ? g_test_rand_double_range(0, 1e6) : NAN;
}

static void check_random(void)
{
	g_autofree char *what = random_text(), *a = random_text(), *b = random_text(), *c = random_text();
	struct status s = {
		.what = what, .done = g_test_rand_int_range(0, 100000),
		.total = g_test_rand_int_range(0, 100000),
		.part = g_test_rand_bit() ? "block" : NULL, .part_index = g_test_rand_int_range(0, 200),
		.parts = g_test_rand_int_range(0, 200),
		.words = { { "a", a }, { g_test_rand_bit() ? "b" : NULL, b }, { NULL, c } },
		.failed = { { "infra", g_test_rand_int_range(0, 3) },
			    { "kernel", g_test_rand_int_range(0, 3) } },
		.elapsed_s = g_test_rand_double_range(0, 1e6), .left_s = random_seconds(),
		.rough = g_test_rand_bit(), .step_s = random_seconds(), .expected_s = random_seconds(),
	};
	guint columns = g_test_rand_int_range(0, 201), rows = g_test_rand_int_range(0, 5);
	g_autoptr(GPtrArray) lines = status_lines(&s, columns, rows);
	g_autofree char *json = status_json(&s, "step");
	g_autojson parsed = json_loads(json, 0, NULL);

	g_assert_nonnull(parsed);
	g_assert_cmpuint(lines->len, <=, rows);
	for (guint i = 0; i < lines->len; i++) {
		g_assert_true(g_utf8_validate(lines->pdata[i], -1, NULL));
		g_assert_cmpuint(text_width(lines->pdata[i]), <=, columns);
		g_assert_null(strpbrk(lines->pdata[i], "\033\t\n\r"));
	}
}

static void test_random(void)
{
	for (int i = 0; i < 20000; i++)
		check_random();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/status/widths", test_widths);
	g_test_add_func("/status/rows", test_rows);
	g_test_add_func("/status/unknown", test_unknown);
	g_test_add_func("/status/plain", test_plain);
	g_test_add_func("/status/json", test_json);
	g_test_add_func("/status/text", test_text);
	g_test_add_func("/status/random", test_random);
	return g_test_run();
}
