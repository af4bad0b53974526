// SPDX-License-Identifier: GPL-2.0-only
#include "render/comparison.h"

#include <glib.h>
#include <math.h>

#include "base/error.h"
#include "run-builder.h"

#define CELL "fix_size_alloc_test/1"

#define CELLS "cells: [{test: fix_size_alloc_test, threads: [1], loops: 10}]\n"
#define TIMED(baseline)                                                                                        \
	"title: t\narms: [{name: a, source: linux-7.3}, {name: b, source: linux-7.3, series: [b.patch]}]\n"    \
	"baseline: " baseline "\nmachine: {accel: tcg}\ndesign: {blocks: 8, loads: 1, seed: 1}\n" CELLS

#define COUNTED_HEAD                                                                                           \
	"title: t\nmachine: {accel: counted}\ndesign: {blocks: 1, loads: 1, seed: 1}\n" CELLS                  \
	"aa: true\narms:\n"                                                                                    \
	"  - {name: a, source: linux-7.3}\n  - {name: b, source: linux-7.3, series: [b.patch]}\n"
#define LAYOUTS "  - {name: l1, source: linux-7.3, layout: 1}\n  - {name: l2, source: linux-7.3, layout: 2}\n"

/* Arm b takes 100 / 110 of a's time, both with the same noise block by block. */
static struct run *faster_by_ten(const char *text)
{
	struct run *r = builder_run(text, "tcg");

	for (unsigned int block = 0; block < 8; block++) {
		builder_load(r, block, "a", CELL, 1100 + 7 * block);
		builder_load(r, block, "b", CELL, (1100 + 7 * block) / 1.1 + (block % 3) * 0.01);
	}
	return r;
}

static const struct contrast *row_of(const struct comparison *c, const char *arm)
{
	return &comparison_find_arm(c, arm)->rows[0];
}

static void test_direction(void)
{
	g_autoptr(run) r = faster_by_ten(TIMED("a"));
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	const struct contrast *row = row_of(c, "b");

	g_assert_null(row->missing);
	g_assert_true(row->paired);
	g_assert_cmpuint(row->blocks, ==, 8);
	g_assert_cmpfloat_with_epsilon(contrast_gain_pct(row->effect.estimate), 10, 0.01);
	g_assert_cmpint(row->verdict, ==, VERDICT_IMPROVED);
	g_assert_cmpfloat_with_epsilon(row->p, 2.0 / 256, 1e-12);
}

/* The other arm as the baseline: the same row with the other sign. */
static void test_antisymmetry(void)
{
	g_autoptr(run) r = faster_by_ten(TIMED("a"));
	g_autoptr(run) s = faster_by_ten(TIMED("b"));
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(comparison) d = comparison_new(s, COMPARISON_MEDIAN);

	g_assert_cmpfloat_with_epsilon(row_of(c, "b")->effect.estimate, -row_of(d, "a")->effect.estimate,
				       1e-12);
	g_assert_cmpfloat_with_epsilon(row_of(c, "b")->effect.low, -row_of(d, "a")->effect.high, 1e-12);
	g_assert_cmpint(row_of(d, "a")->verdict, ==, VERDICT_REGRESSED);
}

static void test_unpaired(void)
{
	g_autoptr(run) r = builder_run(TIMED("a"), "tcg");
	g_autoptr(comparison) c = NULL;

	for (unsigned int block = 0; block < 8; block++) {
		builder_load(r, block, "a", CELL, 1100 + block);
		builder_load(r, block + 5, "b", CELL, 1000 + block);
	}
	c = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_false(row_of(c, "b")->paired);
	g_assert_cmpint(row_of(c, "b")->verdict, ==, VERDICT_IMPROVED);
	g_assert_cmpfloat_with_epsilon(row_of(c, "b")->p, 2.0 / 12870, 1e-12);
}

static void test_missing(void)
{
	g_autoptr(run) r = builder_run(TIMED("a"), "tcg");
	g_autoptr(comparison) nothing = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(comparison) half = NULL;
	g_autoptr(comparison) zero = NULL;

	g_assert_cmpstr(row_of(nothing, "b")->missing, ==, "the baseline has no complete boot");
	builder_load(r, 0, "a", CELL, 100);
	half = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_cmpstr(row_of(half, "b")->missing, ==, "no complete boot");
	builder_load(r, 0, "b", CELL, 0);
	zero = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_cmpstr(row_of(zero, "b")->missing, ==, "a time of 0");
	g_assert_cmpint(row_of(zero, "b")->verdict, ==, VERDICT_CANNOT_TELL);
}

static void test_failed(void)
{
	g_autoptr(run) r = faster_by_ten(TIMED("a"));
	g_autoptr(comparison) before = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(comparison) after = NULL;

	g_assert_false(comparison_has_failure(before));
	builder_end(r, "b", RUN_INFRA, "QEMU was killed");
	builder_end(r, "b", RUN_KERNEL, "panic");
	after = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_true(comparison_has_failure(after));
	g_assert_cmpstr(comparison_find_arm(after, "b")->failed->why, ==, "panic");
	g_assert_cmpstr(row_of(after, "b")->missing, ==, "its kernel failed");
}

/* R: predict(lm(x ~ 1), interval = "prediction") of x = 0, log(1000 / 990), log(1000 / 1010). */
#define GATE 0.049717952451144819

/* a = 1000, b = 900, layouts +1 % and -1 %, A/A the same. */
static struct run *counted_run(const char *text, bool layouts)
{
	struct run *r = builder_run(text, "counted");

	builder_load(r, 0, "a", CELL, 1000);
	builder_load(r, 0, "aa", CELL, 1000);
	builder_load(r, 0, "b", CELL, 900);
	if (layouts) {
		builder_load(r, 0, "l1", CELL, 990);
		builder_load(r, 0, "l2", CELL, 1010);
	}
	return r;
}

static void test_counted_gate(void)
{
	g_autoptr(run) r = counted_run(COUNTED_HEAD LAYOUTS, true);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);

	g_assert_cmpint(comparison_find_arm(c, "l2")->role, ==, COMPARISON_LAYOUT);
	g_assert_false(comparison_find_arm(c, "l2")->shown);
	g_assert_true(comparison_find_arm(c, "b")->shown);
	g_assert_cmpfloat_with_epsilon(row_of(c, "b")->gate, GATE, 1e-12);
	g_assert_cmpfloat_with_epsilon(contrast_gain_pct(row_of(c, "b")->effect.estimate), 100.0 / 9, 1e-9);
	g_assert_cmpint(row_of(c, "b")->verdict, ==, VERDICT_IMPROVED);
	g_assert_cmpint(row_of(c, "l1")->verdict, ==, VERDICT_EQUIVALENT);
	g_assert_cmpint(row_of(c, "l2")->verdict, ==, VERDICT_EQUIVALENT);
	g_assert_cmpint(row_of(c, "aa")->verdict, ==, VERDICT_EQUIVALENT);
}

/* The same image under another label says nothing of layouts. */
static void test_counted_without_layouts(void)
{
	g_autoptr(run) r = counted_run(COUNTED_HEAD, false);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);

	g_assert_true(isnan(row_of(c, "b")->gate));
	g_assert_cmpint(row_of(c, "b")->verdict, ==, VERDICT_CANNOT_TELL);
	g_assert_cmpint(row_of(c, "aa")->verdict, ==, VERDICT_EQUIVALENT);
}

/* Boots of one image that differ make the gate wider by as much. */
static void test_counted_not_repeatable(void)
{
	g_autoptr(run) r = counted_run(COUNTED_HEAD LAYOUTS, true);
	g_autoptr(comparison) c = NULL;

	builder_load(r, 1, "b", CELL, 1000);
	c = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_cmpfloat_with_epsilon(row_of(c, "b")->gate, GATE + log(1000.0 / 900), 1e-12);
	g_assert_cmpint(row_of(c, "b")->verdict, ==, VERDICT_EQUIVALENT);
}

/* Other kernel parameters are not another layout. */
static void test_layout_needs_same_kernel(void)
{
	g_autoptr(run) r = builder_run(
		"title: t\nmachine: {accel: counted}\n" CELLS "arms:\n  - {name: a, source: linux-7.3}\n"
		"  - {name: p, source: linux-7.3, layout: 1, append: nosmt}\n", "counted");
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);

	g_assert_cmpint(comparison_find_arm(c, "p")->role, ==, COMPARISON_CANDIDATE);
}

static void test_metrics(void)
{
	g_autoptr(run) r = faster_by_ten(TIMED("a"));
	struct run_load *load = r->loads->pdata[0];
	enum comparison_metric metric;
	g_autoptr(GError) error = NULL;
	static const double others[] = { 2, 4 };
	static const double expected[] = { 4, 1100, 1101 };
	static const char *const names[] = { "median", "slowest", "wall" };

	g_array_append_vals(load->workers_us, others, 2);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(comparison) c = NULL;

		g_assert_true(comparison_metric_parse(names[i], &metric, NULL));
		c = comparison_new(r, metric);
		g_assert_cmpfloat(g_array_index(c->baseline->series[0].figures, double, 0), ==, expected[i]);
	}
	g_assert_false(comparison_metric_parse("mean", &metric, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/comparison/direction", test_direction);
	g_test_add_func("/comparison/antisymmetry", test_antisymmetry);
	g_test_add_func("/comparison/unpaired", test_unpaired);
	g_test_add_func("/comparison/missing", test_missing);
	g_test_add_func("/comparison/failed", test_failed);
	g_test_add_func("/comparison/counted-gate", test_counted_gate);
	g_test_add_func("/comparison/counted-without-layouts", test_counted_without_layouts);
	g_test_add_func("/comparison/counted-not-repeatable", test_counted_not_repeatable);
	g_test_add_func("/comparison/layout-needs-same-kernel", test_layout_needs_same_kernel);
	g_test_add_func("/comparison/metrics", test_metrics);
	return g_test_run();
}
