// SPDX-License-Identifier: GPL-2.0-only
/* The self-test on runs in which it is known what has to be found. */
#include <math.h>

#include "render/selftest-table.h"
#include "run-builder.h"
#include "stats/proportion.h"

#define CELL "fix_size_alloc_test/1"
#define CELLS "cells: [{test: fix_size_alloc_test, threads: [1], loops: 10}]\n"
#define SLOW(name) "  - {name: slow-" name ", source: linux-7.3, series: [slow.patch], append: n=" name "}\n"

static const char plan_timed[] = "title: t\narms:\n  - {name: stock, source: linux-7.3}\n" SLOW("5") SLOW("50")
				 "aa: true\nmachine: {accel: tcg}\n"
				 "design: {blocks: 8, loads: 1, seed: 1}\n" CELLS;
static const char plan_counted[] = "title: t\narms:\n  - {name: stock, source: linux-7.3}\n"
				   "  - {name: layout-4, source: linux-7.3, layout: 4}\n" SLOW("1") SLOW("5")
				   "rebuilds: 3\naa: true\nmachine: {accel: counted}\n"
				   "design: {blocks: 1, loads: 1, seed: 1}\n" CELLS;

/* Eight blocks in which an arm takes @scale times what stock takes, but for noise. */
static void add_arm(struct run *r, const char *arm, double scale)
{
	for (unsigned int block = 0; block < 8; block++)
		builder_load(r, block, arm, CELL, 1000 * scale + 3 * ((block * 5 + strlen(arm)) % 8));
}

static struct run *timed_run(double aa, double slow_5, double slow_50)
{
	struct run *r = builder_run(plan_timed, "tcg");

	add_arm(r, "stock", 1);
	add_arm(r, "aa", aa);
	add_arm(r, "slow-5", slow_5);
	add_arm(r, "slow-50", slow_50);
	return r;
}

/* From @due_pct on a slow-down is to be found. */
static struct selftest *judge(const struct comparison *c, double due_pct)
{
	const double due = log1p(due_pct / 100);
	struct selftest *s = selftest_new();

	selftest_add(s, c, &due);
	return s;
}

static const struct selftest_row *row_of(const struct selftest *s)
{
	g_assert_cmpuint(s->rows->len, ==, 1);
	return &g_array_index(s->rows, struct selftest_row, 0);
}

static void test_all_found(void)
{
	g_autoptr(run) r = timed_run(1, 1.05, 1.5);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(selftest) s = judge(c, 4);

	g_assert_cmpuint(s->judged, ==, 1);
	g_assert_cmpuint(s->marked, ==, 0);
	g_assert_cmpuint(row_of(s)->due, ==, 2);
	g_assert_cmpuint(row_of(s)->due_found, ==, 2);
	g_assert_cmpfloat(row_of(s)->found_pct, ==, 5);
	g_assert_true(isnan(row_of(s)->missed_pct));
	g_assert_cmpfloat_with_epsilon(row_of(s)->due_pct, 4, 1e-9);
	g_assert_true(selftest_passed(s));
}

/* What is not due may be missed. */
static void test_missed(void)
{
	g_autoptr(run) r = timed_run(1, 1, 1.5);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(selftest) content = judge(c, 20);
	g_autoptr(selftest) failed = judge(c, 4);
	g_autoptr(selftest) nothing_due = judge(c, INFINITY);
	g_autoptr(selftest) unknown = judge(c, NAN);

	g_assert_cmpfloat(row_of(content)->missed_pct, ==, 5);
	g_assert_cmpfloat(row_of(content)->found_pct, ==, 50);
	g_assert_true(selftest_passed(content));
	g_assert_false(selftest_passed(failed));
	g_assert_cmpuint(nothing_due->due, ==, 0);
	g_assert_false(selftest_passed(nothing_due));
	g_assert_false(selftest_passed(unknown));
}

static void test_false_mark(void)
{
	g_autoptr(run) r = timed_run(1.2, 1.05, 1.5);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(selftest) s = judge(c, 4);

	g_assert_cmpuint(s->marked, ==, 1);
	g_assert_cmpstr(selftest_noise_floor(s)->arm, ==, "aa");
	g_assert_false(selftest_passed(s));
}

/* A slow-down that reads as a gain. */
static void test_reversed(void)
{
	g_autoptr(run) r = timed_run(1, 0.8, 1.5);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(selftest) s = judge(c, 20);

	g_assert_cmpuint(s->reversed, ==, 1);
	g_assert_false(selftest_passed(s));
}

static void test_without_figures(void)
{
	g_autoptr(run) r = builder_run(plan_timed, "tcg");
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(selftest) s = judge(c, 4);
	g_autoptr(GString) out = g_string_new(NULL);
	const struct page page = { PAGE_TEXT, out };

	g_assert_null(selftest_noise_floor(s));
	g_assert_cmpuint(row_of(s)->due, ==, 2);
	g_assert_cmpuint(row_of(s)->due_found, ==, 0);
	g_assert_false(selftest_passed(s));
	selftest_table_print(&page, s, c);
	g_assert_nonnull(strstr(out->str, "FAILED"));
}

/* Rebuilds make the gate and are not judged by it; one more layout is. */
static void test_counted(void)
{
	static const struct { const char *arm; double count; } images[] = {
		{ "stock", 1000 }, { "stock~1", 1001 }, { "stock~2", 999 }, { "stock~3", 1002 }, { "aa", 1000 },
		{ "layout-4", 1001 }, { "slow-1", 1003 }, { "slow-5", 1050 },
	};
	g_autoptr(run) r = builder_run(plan_counted, "counted");
	g_autoptr(comparison) c = NULL;
	g_autoptr(selftest) s = NULL;
	g_autofree double *due = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(images); i++)
		builder_load(r, 0, images[i].arm, CELL, images[i].count);
	c = comparison_new(r, COMPARISON_MEDIAN);
	due = selftest_due_counted(c);
	s = selftest_new();
	selftest_add(s, c, due);
	g_assert_cmpuint(s->judged, ==, 2);
	g_assert_cmpfloat_with_epsilon(due[0], 2 * comparison_counted_gate(c, 0), 1e-12);
	g_assert_cmpuint(row_of(s)->due, ==, 1);
	g_assert_cmpfloat(row_of(s)->found_pct, ==, 5);
	g_assert_cmpfloat(row_of(s)->missed_pct, ==, 1);
	g_assert_true(selftest_passed(s));
}

/* R: binom.test(0, 12), (1, 12), (3, 10), (10, 10). */
static void test_proportion(void)
{
	static const struct { size_t hits, trials; double low, high; } known[] = {
		{ 0, 12, 0, 0.26464846939705111 }, { 1, 12, 0.0021075932318602281, 0.38479616515094406 },
		{ 3, 10, 0.066739511177734495, 0.65245285005999731 }, { 10, 10, 0.69150289218123917, 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		struct proportion interval = proportion_interval(known[i].hits, known[i].trials, 0.95);

		g_assert_cmpfloat_with_epsilon(interval.low, known[i].low, 1e-9);
		g_assert_cmpfloat_with_epsilon(interval.high, known[i].high, 1e-9);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/selftest/all-found", test_all_found);
	g_test_add_func("/selftest/missed", test_missed);
	g_test_add_func("/selftest/false-mark", test_false_mark);
	g_test_add_func("/selftest/reversed", test_reversed);
	g_test_add_func("/selftest/without-figures", test_without_figures);
	g_test_add_func("/selftest/counted", test_counted);
	g_test_add_func("/stats/proportion", test_proportion);
	return g_test_run();
}
