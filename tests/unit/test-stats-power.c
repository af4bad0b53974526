// SPDX-License-Identifier: GPL-2.0-only
/* Power against the functions whose power it is, and against what is known. */
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "stats/holm.h"
#include "stats/power.h"
#include "stats/quantile.h"
#include "stats/shift.h"
#include "stats/verdict.h"

#define ALPHA 0.05
#define GATE 0.0198
#define RUNS 4000

static struct power *power_at(size_t rows, size_t blocks)
{
	struct power *p = power_new(rows, ALPHA, blocks);

	power_set_blocks(p, blocks);
	return p;
}

/* The share of runs that are marked, by way of the tests, the adjustment and the verdict themselves. */
static double share_marked(size_t rows, size_t blocks, double sd, double effect)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	g_autofree double *ratios = g_new(double, blocks);
	g_autofree double *adjusted = g_new(double, rows);
	unsigned int marked = 0;

	for (int run = 0; run < RUNS; run++) {
		struct shift s;

		for (size_t i = 0; i < blocks; i++)
			ratios[i] = effect + gsl_ran_gaussian(random, sd);
		s = shift_paired(ratios, blocks, 1 - ALPHA);
		for (size_t row = 0; row < rows; row++)
			adjusted[row] = row == 0 ? shift_paired_p(ratios, blocks) : 1;
		holm_adjust(adjusted, rows, adjusted);
		marked += verdict_timed(&(struct verdict_timed){ s.estimate, s.low, s.high, adjusted[0], ALPHA,
								 GATE }) == VERDICT_IMPROVED;
	}
	gsl_rng_free(random);
	return (double)marked / RUNS;
}

static void test_of_the_verdicts(void)
{
	static const struct {
		size_t rows, blocks;
		double sd, effect;
	} cases[] = {
		{ 1, 6, 0.02, 0.03 },	   { 1, 10, 0.05, 0.05 },    { 12, 9, 0.03, 0.05 },
		{ 12, 11, 0.001, 0.0199 }, { 12, 15, 0.02, 0.025 },  { 36, 11, 0.02, 0.03 },
		{ 36, 30, 0.1, 0.06 },	   { 36, 12, 0.01, 0.0198 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct power *p = power_at(cases[i].rows, cases[i].blocks);
		double power = power_of(p, cases[i].sd, cases[i].effect, GATE);
		double share = share_marked(cases[i].rows, cases[i].blocks, cases[i].sd, cases[i].effect);
		double error = sqrt(0.25 / RUNS + 0.25 / POWER_RUNS);

		g_assert_cmpfloat_with_epsilon(power, share, 3 * error);
		power_free(p);
	}
}

/* As large a sample as this sees what the normal approximation does: 2 (1 - 3 / pi) % less than t. */
static void test_of_many_blocks(void)
{
	struct power *p = power_at(1, 150);
	double z = gsl_cdf_ugaussian_Pinv(0.975) + gsl_cdf_ugaussian_Pinv(POWER_WANTED);
	double expected = z * sqrt(M_PI / 3 / 150);

	g_assert_cmpfloat_with_epsilon(power_detectable(p, 1, 0) / expected, 1, 0.03);
	power_free(p);
}

static void test_limits(void)
{
	struct power *p = power_at(12, 9);

	g_assert_cmpfloat(power_of(p, 0.02, 0, GATE), <, 0.05);
	g_assert_cmpfloat(power_of(p, 0.02, 10, GATE), ==, 1);
	g_assert_cmpfloat(power_of(p, 0, GATE + 1e-9, GATE), ==, 1);
	g_assert_cmpfloat(power_of(p, 0, GATE, GATE), ==, 0);
	g_assert_cmpfloat(power_of(p, NAN, 1, GATE), ==, 0);
	g_assert_cmpfloat_with_epsilon(power_detectable(p, 0, GATE), GATE, 1e-9);
	g_assert_true(isinf(power_detectable(p, NAN, GATE)));
	power_free(p);
	p = power_at(12, 8);
	g_assert_cmpfloat(power_of(p, 0.001, 1, GATE), ==, 0);
	g_assert_true(isinf(power_detectable(p, 0.001, GATE)));
	power_free(p);
}

/*
 * What is said to be detectable is detected with the power that was wanted, and needs as many blocks as there
 * are.
 */
static void test_round_trip(void)
{
	static const double sds[] = { 0.005, 0.02, 0.05, NAN };
	unsigned int blocks[G_N_ELEMENTS(sds)];
	struct power *p = power_at(12, 14);

	for (size_t i = 0; i < 3; i++) {
		double effect = power_detectable(p, sds[i], GATE);

		g_assert_cmpfloat_with_epsilon(power_of(p, sds[i], effect, GATE), POWER_WANTED, POWER_ERROR);
		power_blocks(12, ALPHA, effect * 1.0001, GATE, &sds[i], 1, 40, blocks);
		g_assert_cmpuint(blocks[0], <=, 14);
		g_assert_cmpuint(blocks[0], >, 14 - 2);
	}
	power_free(p);
	power_blocks(12, ALPHA, 0.03, GATE, sds, G_N_ELEMENTS(sds), 80, blocks);
	g_assert_cmpuint(blocks[0], ==, holm_smallest_blocks(12, ALPHA));
	g_assert_cmpuint(blocks[1], >, blocks[0]);
	g_assert_cmpuint(blocks[2], >, blocks[1]);
	g_assert_cmpuint(blocks[3], ==, 0);
}

static void test_needs_more(void)
{
	const double sd = 0.2;
	unsigned int blocks;

	power_blocks(12, ALPHA, 0.03, GATE, &sd, 1, 30, &blocks);
	g_assert_cmpuint(blocks, ==, 0);
}

/* More of them are in tests/data/stats/oracle.json. */
static void test_median_variance(void)
{
	g_assert_cmpfloat_with_epsilon(power_median_variance(1), 1, 1e-12);
	g_assert_cmpfloat_with_epsilon(power_median_variance(2), 0.5, 1e-12);
	g_assert_cmpfloat_with_epsilon(power_median_variance(1000) * 1000 / M_PI_2, 1, 0.002);
	g_assert_cmpfloat_with_epsilon(power_median_variance(999) * 999 / M_PI_2, 1, 0.002);
	g_assert_cmpfloat_with_epsilon(power_ratio_sd(4, 1, 1), sqrt(10), 1e-12);
	g_assert_cmpfloat_with_epsilon(power_ratio_sd(4, 1, 2), 3, 1e-12);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stats/power/of-the-verdicts", test_of_the_verdicts);
	g_test_add_func("/stats/power/of-many-blocks", test_of_many_blocks);
	g_test_add_func("/stats/power/limits", test_limits);
	g_test_add_func("/stats/power/round-trip", test_round_trip);
	g_test_add_func("/stats/power/needs-more", test_needs_more);
	g_test_add_func("/stats/power/median-variance", test_median_variance);
	return g_test_run();
}
