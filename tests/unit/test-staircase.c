// SPDX-License-Identifier: GPL-2.0-only
/* A series patch by patch: against what each patch is set, and by what it is judged. */
#include "render/staircase.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "render/page.h"
#include "render/staircase-table.h"
#include "render/table.h"
#include "run-builder.h"
#include "stats/variance.h"

#define CELL "fix_size_alloc_test/1"
#define ARMS "title: t\narms:\n  - {name: base, source: linux-7.3}\n  - {name: all, source: linux-7.3, series: [.]}\n"
#define CELLS "cells: [{test: fix_size_alloc_test, threads: [1], loops: 10}]\n"
#define COUNTED ARMS "rebuilds: 2\nmachine: {accel: counted}\ndesign: {blocks: 1, loads: 1, seed: 1}\n" CELLS
#define TIMED ARMS "machine: {accel: tcg}\ndesign: {blocks: 8, loads: 1, seed: 1}\n" CELLS

/* Four patches: nothing, +10 %, one that is missing or fails, nothing. */
static struct run *counted_run(void)
{
	static const struct {
		const char *arm;
		double us;
	} loads[] = {
		{ "base", 1000 }, { "base~1", 1004 }, { "base~2", 998 }, { "1", 1002 }, { "2", 900 }, { "4", 902 },
	};
	struct run *r = builder_series_run(COUNTED, "counted", 4);

	for (size_t i = 0; i < G_N_ELEMENTS(loads); i++)
		builder_load(r, 0, loads[i].arm, CELL, loads[i].us);
	return r;
}

static const struct contrast *row_of(const struct staircase *s, guint step)
{
	return &s->steps[step].rows[0];
}

static void test_counted(void)
{
	g_autoptr(run) r = counted_run();
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(staircase) s = staircase_new(c);
	const double images[] = { 0, log(1000 / 1004.), log(1000 / 998.) };

	g_assert_cmpuint(s->count, ==, 5);
	g_assert_cmpstr(row_of(s, 0)->missing, ==, "it is the baseline");
	g_assert_null(s->steps[0].previous);
	/* The first patch is set against the baseline, with the gate of any candidate. */
	g_assert_true(s->steps[1].previous == c->baseline);
	g_assert_cmpfloat(row_of(s, 1)->gate, ==, s->steps[1].arm->rows[0].gate);
	g_assert_cmpint(row_of(s, 1)->verdict, ==, VERDICT_EQUIVALENT);
	/* The next one against it, with the gate between two images. */
	g_assert_true(s->steps[2].previous == s->steps[1].arm);
	g_assert_cmpfloat_with_epsilon(row_of(s, 2)->effect.estimate, log(1002 / 900.), 1e-12);
	g_assert_cmpfloat_with_epsilon(row_of(s, 2)->gate, variance_apart(images, 3, CONTRAST_ALPHA), 1e-12);
	g_assert_cmpint(row_of(s, 2)->verdict, ==, VERDICT_IMPROVED);
	g_assert_cmpfloat_with_epsilon(s->steps[2].arm->rows[0].effect.estimate, log(1000 / 900.), 1e-12);
}

static void assert_gap(const struct run *r, const char *missing)
{
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(staircase) s = staircase_new(c);

	g_assert_true(comparison_has_failure(c));
	g_assert_cmpstr(row_of(s, 3)->missing, ==, missing);
	g_assert_cmpstr(s->steps[3].arm->rows[0].missing, ==, missing);
	g_assert_true(s->steps[4].previous == s->steps[2].arm);
	g_assert_cmpfloat_with_epsilon(row_of(s, 4)->effect.estimate, log(900 / 902.), 1e-12);
	g_assert_cmpint(row_of(s, 4)->verdict, ==, VERDICT_EQUIVALENT);
}

static void test_gaps(void)
{
	g_autoptr(run) unbuilt = counted_run();
	g_autoptr(run) failed = counted_run();

	builder_unbuilt(unbuilt, "3", "kernel 3 does not compile");
	assert_gap(unbuilt, "its kernel failed");
	builder_load(failed, 0, "3", CELL, 500);
	builder_end(failed, "3", RUN_KERNEL, "panic");
	assert_gap(failed, "its kernel failed");
}

static void test_base_failed(void)
{
	g_autoptr(run) r = counted_run();
	g_autoptr(comparison) c = NULL;
	g_autoptr(staircase) s = NULL;

	builder_end(r, "base", RUN_KERNEL, "panic");
	c = comparison_new(r, COMPARISON_MEDIAN);
	s = staircase_new(c);
	g_assert_nonnull(s->steps[1].arm->rows[0].missing);
	g_assert_nonnull(row_of(s, 1)->missing);
	/* What the patches do to each other is known all the same. */
	g_assert_null(row_of(s, 2)->missing);
}

/* R: wilcox.test(log ratios, exact = TRUE), p.adjust(method = "holm") over the three patches. */
static void test_timed(void)
{
	g_autoptr(run) r = builder_series_run(TIMED, "tcg", 3);
	g_autoptr(comparison) c = NULL;
	g_autoptr(staircase) s = NULL;

	for (unsigned int block = 0; block < 8; block++) {
		double noise = 7 * block + (block % 3);

		builder_load(r, block, "base", CELL, 1100 + noise);
		builder_load(r, block, "1", CELL, 1100 + noise + (block % 2 ? 1 : -1.5));
		builder_load(r, block, "2", CELL, 1000 + noise);
		builder_load(r, block, "3", CELL, 1050 + noise);
	}
	c = comparison_new(r, COMPARISON_MEDIAN);
	s = staircase_new(c);
	g_assert_cmpint(row_of(s, 1)->verdict, ==, VERDICT_EQUIVALENT);
	g_assert_cmpint(row_of(s, 2)->verdict, ==, VERDICT_IMPROVED);
	g_assert_cmpint(row_of(s, 3)->verdict, ==, VERDICT_REGRESSED);
	g_assert_cmpint(s->steps[3].arm->rows[0].verdict, ==, VERDICT_IMPROVED);
	g_assert_cmpfloat_with_epsilon(row_of(s, 2)->p, 2.0 / 256, 1e-12);
	g_assert_cmpfloat_with_epsilon(row_of(s, 2)->p_holm, 3 * 2.0 / 256, 1e-12);
}

static void test_ordinary_run(void)
{
	g_autoptr(run) r = builder_run(COUNTED, "counted");
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);

	g_assert_null(staircase_new(c));
}

static void assert_narrow(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++)
		g_assert_cmpuint(strlen(*line), <=, PAGE_WIDTH);
}

/* The longest names, and the largest and smallest times. */
static void test_widest(void)
{
	static const double times[] = { 1e-9, 1e15, 99999999, 0.001 };
	g_autofree char *name = g_strnfill(40, 'n');
	g_autofree char *text =
		g_strdup_printf("title: t\narms:\n  - {name: %s, source: linux-7.3}\n  - {name: all, source: "
				"linux-7.3, series: [.]}\nmachine: {accel: tcg}\ndesign: {blocks: 7, loads: 1}\n" CELLS,
				name);
	g_autoptr(run) r = builder_series_run(text, "tcg", 4);
	g_autoptr(findings) f = NULL;

	for (unsigned int block = 0; block < 7; block++) {
		builder_load(r, block, name, CELL, times[0] * (block + 1));
		builder_load(r, block, "1", CELL, times[1] * (block + 2));
		builder_load(r, block, "2", CELL, times[2] * (9 - block));
		builder_load(r, block, "3", CELL, times[3] * (block + 1));
	}
	f = findings_new(r, COMPARISON_MEDIAN, false, NULL);
	for (int part = TABLE_STAIRCASE; part <= TABLE_ALL; part++) {
		g_autoptr(GString) out = g_string_new(NULL);

		table_render(f, TABLE_TEXT, part, NULL, out);
		assert_narrow(out->str);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/staircase/counted", test_counted);
	g_test_add_func("/staircase/gaps", test_gaps);
	g_test_add_func("/staircase/base-failed", test_base_failed);
	g_test_add_func("/staircase/timed", test_timed);
	g_test_add_func("/staircase/ordinary-run", test_ordinary_run);
	g_test_add_func("/staircase/widest", test_widest);
	return g_test_run();
}
