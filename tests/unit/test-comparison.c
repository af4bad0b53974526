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
#define LAYOUTS "rebuilds: 2\n"

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
		builder_load(r, 0, "a~1", CELL, 990);
		builder_load(r, 0, "a~2", CELL, 1010);
	}
	return r;
}

static void test_counted_gate(void)
{
	g_autoptr(run) r = counted_run(COUNTED_HEAD LAYOUTS, true);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);

	g_assert_cmpint(comparison_find_arm(c, "a~2")->role, ==, COMPARISON_LAYOUT);
	g_assert_false(comparison_find_arm(c, "a~2")->shown);
	g_assert_true(comparison_find_arm(c, "b")->shown);
	g_assert_cmpfloat_with_epsilon(row_of(c, "b")->gate, GATE, 1e-12);
	g_assert_cmpfloat_with_epsilon(contrast_gain_pct(row_of(c, "b")->effect.estimate), 100.0 / 9, 1e-9);
	g_assert_cmpint(row_of(c, "b")->verdict, ==, VERDICT_IMPROVED);
	g_assert_cmpint(row_of(c, "a~1")->verdict, ==, VERDICT_EQUIVALENT);
	g_assert_cmpint(row_of(c, "a~2")->verdict, ==, VERDICT_EQUIVALENT);
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

/* An arm of the plan is judged by the gate, and is no part of it. */
static void test_layout_by_hand(void)
{
	g_autoptr(run) r = counted_run(COUNTED_HEAD "  - {name: l7, source: linux-7.3, layout: 7}\n" LAYOUTS, true);
	g_autoptr(comparison) c = NULL;

	builder_load(r, 0, "l7", CELL, 1030);
	c = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_cmpint(comparison_find_arm(c, "l7")->role, ==, COMPARISON_CANDIDATE);
	g_assert_true(comparison_find_arm(c, "l7")->shown);
	g_assert_cmpfloat_with_epsilon(row_of(c, "l7")->gate, GATE, 1e-12);
	g_assert_cmpint(row_of(c, "l7")->verdict, ==, VERDICT_EQUIVALENT);
}

/* The gate of those that are left; R: predict(lm(x ~ 1), interval = "prediction") of x = 0, log(1000 / 1010). */
#define GATE_OF_ONE 0.11446757216823954

/* A rebuild that fails is no part of the gate, and a failure of the run. */
static void test_failed_rebuild(void)
{
	g_autoptr(run) r = counted_run(COUNTED_HEAD LAYOUTS, true);
	g_autoptr(comparison) c = NULL;
	unsigned int usable;

	builder_end(r, "a~1", RUN_KERNEL, "panic");
	c = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_true(comparison_has_failure(c));
	g_assert_cmpuint(comparison_rebuilds(c, c->baseline, &usable), ==, 2);
	g_assert_cmpuint(usable, ==, 1);
	g_assert_cmpstr(row_of(c, "a~1")->missing, ==, "its kernel failed");
	g_assert_cmpfloat_with_epsilon(row_of(c, "b")->gate, GATE_OF_ONE, 1e-12);
	g_assert_cmpint(row_of(c, "b")->verdict, ==, VERDICT_EQUIVALENT);
}

#define IMAGES COUNTED_HEAD "rebuilds: 4\nrebuild_candidates: true\n"

/* Five images of each, all of b's faster than all of a's, each with one boot. */
static struct run *image_run(void)
{
	static const double a[] = { 1000, 1004, 997, 1001, 999 }, b[] = { 980, 982, 979, 981, 977 };
	struct run *r = builder_run(IMAGES, "counted");

	builder_load(r, 0, "a", CELL, a[0]);
	builder_load(r, 0, "aa", CELL, a[0]);
	builder_load(r, 0, "b", CELL, b[0]);
	for (unsigned int i = 1; i < G_N_ELEMENTS(a); i++) {
		g_autofree char *base = g_strdup_printf("a~%u", i);
		g_autofree char *own = g_strdup_printf("b~%u", i);

		builder_load(r, 0, base, CELL, a[i]);
		builder_load(r, 0, own, CELL, b[i]);
	}
	return r;
}

/* R: wilcox.test(log(a), log(b), exact = TRUE, conf.int = TRUE). */
static void test_images(void)
{
	g_autoptr(run) r = image_run();
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	const struct contrast *row = row_of(c, "b");

	g_assert_cmpfloat(comparison_series(comparison_find_arm(c, "b"), 0)->median, ==, 980);
	g_assert_cmpfloat(comparison_baseline_series(c, comparison_find_arm(c, "b"), 0)->median, ==, 1000);
	g_assert_cmpuint(c->family, ==, 1);
	g_assert_cmpuint(row->blocks, ==, 5);
	g_assert_false(row->paired);
	g_assert_cmpfloat_with_epsilon(row->p, 2.0 / 252, 1e-12);
	g_assert_cmpfloat_with_epsilon(row->effect.estimate, 0.020223136118043605, 1e-12);
	g_assert_cmpfloat_with_epsilon(row->effect.low, 0.017163470294088157, 1e-12);
	g_assert_cmpfloat_with_epsilon(row->effect.high, 0.024268127272438100, 1e-12);
	g_assert_cmpint(row->verdict, ==, VERDICT_IMPROVED);
	g_assert_cmpint(comparison_find_arm(c, "b~1")->role, ==, COMPARISON_REBUILD);
	g_assert_false(comparison_find_arm(c, "b~1")->shown);
	g_assert_cmpint(row_of(c, "aa")->verdict, ==, VERDICT_EQUIVALENT);
	g_assert_cmpfloat(row_of(c, "aa")->effect.estimate, ==, 0);
}

/* Images that failed are left out; with too few of them nothing can be told. The first one stands for the arm. */
static void test_images_that_failed(void)
{
	g_autoptr(run) r = image_run();
	g_autoptr(comparison) few = NULL;
	g_autoptr(comparison) none = NULL;

	builder_end(r, "b~1", RUN_KERNEL, "panic");
	builder_end(r, "b~2", RUN_TEST, "no result");
	builder_end(r, "b~3", RUN_KERNEL, "panic");
	few = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_cmpuint(row_of(few, "b")->blocks, ==, 2);
	g_assert_cmpint(row_of(few, "b")->verdict, ==, VERDICT_CANNOT_TELL);
	builder_end(r, "b", RUN_KERNEL, "panic");
	none = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_cmpstr(row_of(none, "b")->missing, ==, "its kernel failed");
}

/* Ten loops: what nine of them take behind the first, in thousandths. */
static void test_setup(void)
{
	g_autoptr(run) r = builder_run(TIMED("a") "subtract_setup: true\n", "tcg");
	g_autoptr(comparison) c = NULL;

	builder_load(r, 0, "a", CELL, 1000);
	builder_load(r, 0, "b", CELL, 1000);
	builder_load(r, 1, "a", CELL, 1000);
	builder_setup(r, 0, "a", CELL, 100);
	builder_setup(r, 0, "b", CELL, 550);
	c = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_cmpstr(comparison_unit(c), ==, "ns per loop");
	g_assert_cmpfloat_with_epsilon(c->baseline->series[0].median, 100000, 1e-9);
	g_assert_cmpuint(c->baseline->series[0].figures->len, ==, 1);	/* the second boot has no load of one loop */
	g_assert_cmpfloat_with_epsilon(row_of(c, "b")->effect.estimate, log(2), 1e-12);
}

static void test_setup_is_all(void)
{
	g_autoptr(run) r = builder_run(TIMED("a") "subtract_setup: true\n", "tcg");
	g_autoptr(comparison) c = NULL;

	builder_load(r, 0, "a", CELL, 1000);
	builder_load(r, 0, "b", CELL, 1000);
	builder_setup(r, 0, "a", CELL, 100);
	builder_setup(r, 0, "b", CELL, 1001);
	c = comparison_new(r, COMPARISON_MEDIAN);
	g_assert_cmpstr(row_of(c, "b")->missing, ==, "one loop takes as long as all of them: the plan needs more loops");
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
	g_test_add_func("/comparison/layout-by-hand", test_layout_by_hand);
	g_test_add_func("/comparison/failed-rebuild", test_failed_rebuild);
	g_test_add_func("/comparison/images", test_images);
	g_test_add_func("/comparison/images-that-failed", test_images_that_failed);
	g_test_add_func("/comparison/setup", test_setup);
	g_test_add_func("/comparison/setup-is-all", test_setup_is_all);
	g_test_add_func("/comparison/metrics", test_metrics);
	return g_test_run();
}
