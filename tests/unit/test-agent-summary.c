// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/summary.h"

#include <glib.h>
#include <string.h>

#define TEST "full_fit_alloc_test"
#define GOOD(avg) "Summary: " TEST " passed: 1 failed: 0 xfailed: 0 repeat: 1 loops: 2000 avg: " avg " usec"
#define OLD(avg) "Summary: " TEST " passed: 1 failed: 0 repeat: 1 loops: 2000 avg: " avg " usec"
#define FAILED "Summary: " TEST " passed: 0 failed: 1 repeat: 1 loops: 2000 avg: 9 usec"
#define IDLE "Summary: " TEST " passed: 0 failed: 0 xfailed: 0 repeat: 1 loops: 2000 avg: 0 usec"
#define END "All test took worker0=6383861 cycles"

static void test_lines(void)
{
	static const struct {
		const char *text;
		const char *test;	/* NULL: no Summary line */
		guint64 passed, failed, xfailed, avg_us;
	} cases[] = {
		{ GOOD("71352"), TEST, 1, 0, 0, 71352 },
		{ OLD("901177"), TEST, 1, 0, 0, 901177 },
		{ "test_vmalloc: " OLD("5"), TEST, 1, 0, 0, 5 },
		{ "Summary: a passed: 0 failed: 2 xfailed: 3 repeat: 5 loops: 1 avg: 7 usec", "a", 0, 2, 3, 7 },
		{ "Summary: a passed: 1 failed: 0 skipped: 4 repeat: 1 min: 3 avg: 7 usec p99: 8", "a", 1, 0, 0, 7 },
		{ "Summary: a passed: 1 failed: 0 avg: 18446744073709551615 usec", "a", 1, 0, 0, G_MAXUINT64 },
		{ "Summary: a passed: 1 failed: 0 avg: 18446744073709551616 usec", .test = NULL },
		{ "Summary: a passed: 1 failed: 0 avg:", .test = NULL },
		{ "Summary: a passed: 1 failed: 0 avg: many usec", .test = NULL },
		{ "Summary: a passed: -1 failed: 0 avg: 1 usec", .test = NULL },
		{ "Summary: a passed: 1 failed: 0 avg: 1 avg: 2 usec", .test = NULL },
		{ "Summary: a passed: 1 failed: 0 repeat: 1 loops: 1", .test = NULL },
		{ "Summary: ", .test = NULL },
		{ "Summary of something passed: 1 failed: 0 avg: 1", .test = NULL },
		{ "other: " OLD("5"), .test = NULL },
		{ END, .test = NULL },
		{ "", .test = NULL },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct summary_line line;
		gboolean parsed = summary_parse(cases[i].text, strlen(cases[i].text), &line);

		g_test_message("%s", cases[i].text);
		g_assert_cmpint(parsed, ==, cases[i].test != NULL);
		if (!parsed)
			continue;
		g_assert_cmpmem(line.test, line.test_length, cases[i].test, strlen(cases[i].test));
		g_assert_cmpuint(line.passed, ==, cases[i].passed);
		g_assert_cmpuint(line.failed, ==, cases[i].failed);
		g_assert_cmpuint(line.xfailed, ==, cases[i].xfailed);
		g_assert_cmpuint(line.avg_us, ==, cases[i].avg_us);
	}
}

static void feed_all(struct summary *s, const char *const *lines)
{
	for (; *lines; lines++)
		summary_feed(s, *lines, strlen(*lines));
}

static void test_order_of_workers(void)
{
	static const char *const lines[] = { GOOD("30"), END, "unrelated", OLD("10"), "test_vmalloc: " END,
					     GOOD("20"), END, NULL };
	guint64 us[3] = { 0 };
	struct summary s = { .test = TEST, .workers = 3, .workers_us = us };
	char why[200];

	feed_all(&s, lines);
	g_assert_true(summary_check(&s, why, sizeof(why)));
	g_assert_cmpuint(us[0], ==, 30);
	g_assert_cmpuint(us[1], ==, 10);
	g_assert_cmpuint(us[2], ==, 20);
}

static void test_verdicts(void)
{
	static const struct {
		const char *why;	/* what the sentence contains; NULL: sound */
		const char *lines[8];
	} cases[] = {
		{ NULL, { GOOD("1"), END, GOOD("2"), END } },
		{ "No Summary line", { END, END } },
		{ "No Summary line", { NULL } },
		{ "1 workers reported " TEST ", expected 2", { GOOD("1"), END, END } },
		{ "3 workers reported " TEST ", expected 2", { GOOD("1"), END, GOOD("1"), END, GOOD("1"), END } },
		{ "1 workers reported their end, expected 2", { GOOD("1"), END, GOOD("1") } },
		{ "1 of 2 workers report a failed test", { FAILED, END, GOOD("1"), END } },
		{ "2 of 2 workers report a failed test", { FAILED, END, FAILED, END } },
		{ "1 of 2 workers of " TEST " did not run", { IDLE, END, GOOD("1"), END } },
		{ "also ran other_test", { GOOD("1"), "Summary: other_test passed: 1 failed: 0 avg: 1 usec", END,
					   GOOD("1"), END } },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		guint64 us[2] = { 0 };
		struct summary s = { .test = TEST, .workers = 2, .workers_us = us };
		char why[200] = "";

		feed_all(&s, cases[i].lines);
		g_assert_cmpint(summary_check(&s, why, sizeof(why)), ==, cases[i].why == NULL);
		g_test_message("%s", why);
		if (cases[i].why)
			g_assert_nonnull(strstr(why, cases[i].why));
	}
}

/* Kernels before "xfailed" count this test as failed. */
static void test_fails_by_design(void)
{
	static const char *const lines[] = {
		"Summary: align_shift_alloc_test passed: 0 failed: 1 repeat: 1 loops: 1 avg: 3 usec", END, NULL
	};
	guint64 us[1] = { 0 };
	struct summary s = { .test = "align_shift_alloc_test", .workers = 1, .workers_us = us };
	char why[200];

	feed_all(&s, lines);
	g_assert_true(summary_check(&s, why, sizeof(why)));
	g_assert_cmpuint(us[0], ==, 3);
}

static void test_long_foreign_name(void)
{
	g_autofree char *name = g_strnfill(500, 'n');
	g_autofree char *line = g_strdup_printf("Summary: %s passed: 1 failed: 0 avg: 1 usec", name);
	struct summary s = { .test = TEST, .workers = 1 };
	char why[100];

	summary_feed(&s, line, strlen(line));
	g_assert_false(summary_check(&s, why, sizeof(why)));
	g_assert_cmpuint(strlen(s.foreign_test), ==, sizeof(s.foreign_test) - 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent/summary/lines", test_lines);
	g_test_add_func("/agent/summary/order-of-workers", test_order_of_workers);
	g_test_add_func("/agent/summary/verdicts", test_verdicts);
	g_test_add_func("/agent/summary/fails-by-design", test_fails_by_design);
	g_test_add_func("/agent/summary/long-foreign-name", test_long_foreign_name);
	return g_test_run();
}
