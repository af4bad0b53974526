// SPDX-License-Identifier: GPL-2.0-only
#include "render/overhead.h"

#include <glib.h>
#include <math.h>

#include "trace-builder.h"

#define CELL "fix_size_alloc_test/1"

static const char plan_text[] =
	"title: t\narms: [{name: a, source: linux-7.3}, {name: b, source: linux-7.3, series: [b.patch]}]\n"
	"machine: {accel: tcg}\ndesign: {blocks: 8, loads: 1, seed: 1}\n"
	"cells: [{test: fix_size_alloc_test, threads: [1], loops: 10}]\n";

/* Loading costs 1 %, attaching 10 % more; boots differ by much more than that. */
static struct run *traced(unsigned int boots)
{
	static const double factors[] = {
		[RUN_PROBE_OFF] = 1, [RUN_PROBE_LOADED] = 1.01, [RUN_PROBE_ATTACHED] = 1.01 * 1.1,
	};
	struct run *r = builder_run(plan_text, "tcg");

	r->plan->trace.loads = 1;
	for (unsigned int block = 0; block < boots; block++) {
		for (enum run_probe probe = RUN_PROBE_OFF; probe <= RUN_PROBE_ATTACHED; probe++)
			builder_probe_load(r, block, "a", CELL, probe, (1000 + 500 * (block % 3)) * factors[probe]);
	}
	return r;
}

static void test_costs(void)
{
	static const double expected[] = { 1, 10, 100 * (1.01 * 1.1 - 1) };
	g_autoptr(run) r = traced(8);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(overhead) o = overhead_new(c);

	g_assert_true(o->known);
	for (int step = 0; step < OVERHEAD_STEPS; step++) {
		const struct contrast *cost = &overhead_side(o, 0, 0)->costs[step];

		g_assert_true(cost->paired);
		g_assert_cmpuint(cost->blocks, ==, 8);
		g_assert_cmpfloat_with_epsilon(contrast_gain_pct(cost->effect.estimate), expected[step], 1e-9);
		g_assert_cmpfloat_with_epsilon(contrast_gain_pct(cost->effect.high), expected[step], 1e-9);
	}
	g_assert_cmpstr(overhead_side(o, 1, 0)->costs[0].missing, ==, "no complete boot");
}

static void test_nothing_traced(void)
{
	g_autoptr(run) r = traced(0);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(overhead) o = overhead_new(c);

	g_assert_false(o->known);
}

/* The timed tables know nothing of these loads. */
static void test_apart_from_times(void)
{
	g_autoptr(run) r = traced(8);
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);

	g_assert_cmpuint(c->baseline->series[0].figures->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/overhead/costs", test_costs);
	g_test_add_func("/overhead/nothing-traced", test_nothing_traced);
	g_test_add_func("/overhead/apart-from-times", test_apart_from_times);
	return g_test_run();
}
