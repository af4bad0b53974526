// SPDX-License-Identifier: GPL-2.0-only
/* What the whole comparison makes of runs whose truth is known; tests/bench/simulate.c has the long form of it. */
#include <glib.h>

#include "simulation.h"
#include "stats/power.h"

#define RUNS 300
#define SEED 7
/* Three standard errors of a share of 5 %, and of one of 80 %, in that many runs. */
#define ERROR_5 0.038
#define ERROR_80 0.070

static struct simulation noisy_boots(void)
{
	return (struct simulation){ .rows = 12, .blocks = 9, .loads = 3, .between = 0.02, .within = 0.01, .gate_pct = 0.01 };
}

static void test_false_marks(void)
{
	struct simulation s = noisy_boots();
	struct simulation_tally t = simulation_repeat(&s, RUNS, SEED);

	g_assert_cmpfloat((double)t.any_marked / RUNS, <, 0.05 + ERROR_5);
	g_assert_cmpfloat((double)t.any_apart / RUNS, >, 0.4);
}

static void test_power(void)
{
	struct simulation s = noisy_boots();
	struct power *p = power_new(s.rows, CONTRAST_ALPHA, s.blocks);
	struct simulation_tally t;

	s.gate_pct = 2;
	power_set_blocks(p, s.blocks);
	s.effect = power_detectable(p, power_ratio_sd(4e-4, 1e-4, s.loads), log1p(0.02));
	power_free(p);
	t = simulation_repeat(&s, RUNS, SEED);
	g_assert_cmpfloat((double)t.found / RUNS, >, POWER_WANTED - ERROR_80);
	g_assert_cmpfloat((double)t.found / RUNS, <, POWER_WANTED + ERROR_80);
}

/* Too few blocks for any mark: none, whatever the effect. */
static void test_too_few(void)
{
	struct simulation s = noisy_boots();
	struct simulation_tally t;

	s.blocks = 8;
	s.effect = 0.5;
	t = simulation_repeat(&s, 20, SEED);
	g_assert_cmpuint(t.found, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/simulation/false-marks", test_false_marks);
	g_test_add_func("/simulation/power", test_power);
	g_test_add_func("/simulation/too-few-blocks", test_too_few);
	return g_test_run();
}
