// SPDX-License-Identifier: GPL-2.0-only
/* What must hold whatever the figures are, and the rules of verdicts. */
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "stats/holm.h"
#include "stats/quantile.h"
#include "stats/shift.h"
#include "stats/variance.h"
#include "stats/verdict.h"

#define COUNT 20
#define ROUNDS 200

static gsl_rng *seeded(void)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(random, 42);
	return random;
}

static void test_antisymmetry(void)
{
	gsl_rng *random = seeded();

	for (int round = 0; round < ROUNDS; round++) {
		double ratios[COUNT], swapped[COUNT];
		size_t count = 1 + gsl_rng_uniform_int(random, COUNT);
		struct shift s, t;

		for (size_t i = 0; i < count; i++) {
			ratios[i] = gsl_ran_gaussian(random, 0.1);
			swapped[i] = -ratios[i];
		}
		s = shift_paired(ratios, count, 0.95);
		t = shift_paired(swapped, count, 0.95);
		g_assert_cmpfloat_with_epsilon(s.estimate, -t.estimate, 1e-15);
		g_assert_true(s.low == -t.high || fabs(s.low + t.high) < 1e-15);
		g_assert_cmpfloat_with_epsilon(shift_paired_p(ratios, count), shift_paired_p(swapped, count),
					       1e-12);
	}
	gsl_rng_free(random);
}

/* Times in another unit: the logarithms move, their differences do not. */
static void test_scale(void)
{
	gsl_rng *random = seeded();

	for (int round = 0; round < ROUNDS; round++) {
		double a[COUNT], b[COUNT], scaled_a[COUNT], scaled_b[COUNT];
		size_t count = 1 + gsl_rng_uniform_int(random, 10);
		struct shift s, t;

		for (size_t i = 0; i < count; i++) {
			double x = gsl_ran_lognormal(random, 8, 0.1), y = gsl_ran_lognormal(random, 8, 0.1);

			a[i] = log(x);
			b[i] = log(y);
			scaled_a[i] = log(1000 * x);
			scaled_b[i] = log(1000 * y);
		}
		s = shift_unpaired(a, count, b, count, 0.95);
		t = shift_unpaired(scaled_a, count, scaled_b, count, 0.95);
		g_assert_cmpfloat_with_epsilon(s.estimate, t.estimate, 1e-12);
		g_assert_true(isinf(s.low) ? isinf(t.low) : fabs(s.low - t.low) < 1e-12);
	}
	gsl_rng_free(random);
}

static void test_interval_contains(void)
{
	gsl_rng *random = seeded();

	for (int round = 0; round < ROUNDS; round++) {
		double values[COUNT];
		size_t count = 1 + gsl_rng_uniform_int(random, COUNT);
		struct shift s;

		for (size_t i = 0; i < count; i++)
			values[i] = gsl_ran_gaussian(random, 1);
		s = shift_paired(values, count, 0.95);
		g_assert_true(s.low <= s.estimate && s.estimate <= s.high);
		g_assert_cmpfloat(s.level, >=, 0.95);
		g_assert_true(isfinite(s.low) == (count >= 6));
		g_assert_true(isfinite(s.high) == (count >= 6));
	}
	gsl_rng_free(random);
}

static void test_nothing(void)
{
	struct shift s = shift_paired(NULL, 0, 0.95);
	double zeros[3] = { 0 };

	g_assert_true(isnan(s.estimate) && isinf(s.low) && isinf(s.high));
	g_assert_cmpfloat(shift_paired_p(NULL, 0), ==, 1);
	g_assert_cmpfloat(shift_paired_p(zeros, 3), ==, 1);
	g_assert_cmpfloat(shift_unpaired_p(zeros, 3, NULL, 0), ==, 1);
	s = shift_unpaired(zeros, 3, NULL, 0, 0.95);
	g_assert_true(isnan(s.estimate) && isinf(s.low));
	g_assert_true(isnan(quantile_median(NULL, 0)));
	g_assert_true(isnan(quantile_of((double[]){ 1, NAN }, 2, 0.5)));
	g_assert_true(isnan(quantile_of(zeros, 3, 1.5)));
}

static void test_holm_monotone(void)
{
	gsl_rng *random = seeded();

	for (int round = 0; round < ROUNDS; round++) {
		double p[COUNT], adjusted[COUNT];

		for (size_t i = 0; i < COUNT; i++)
			p[i] = pow(gsl_rng_uniform(random), 3);
		holm_adjust(p, COUNT, adjusted);
		for (size_t i = 0; i < COUNT; i++) {
			g_assert_true(adjusted[i] >= p[i] && adjusted[i] <= 1);
			for (size_t j = 0; j < COUNT; j++)
				g_assert_true(p[i] > p[j] || adjusted[i] <= adjusted[j]);
		}
	}
	gsl_rng_free(random);
}

/* A declared row without data makes the others pay as if it had been measured. */
static void test_holm_missing(void)
{
	double p[] = { 0.01, NAN, 0.02 };

	holm_adjust(p, 3, p);
	g_assert_cmpfloat_with_epsilon(p[0], 0.03, 1e-15);
	g_assert_true(isnan(p[1]));
	g_assert_cmpfloat_with_epsilon(p[2], 0.04, 1e-15);
}

/* docs/statistics.md, "How many blocks". */
static void test_smallest(void)
{
	static const unsigned int table[][3] = {
		{ 1, 4, 6 }, { 12, 6, 9 }, { 19, 6, 10 }, { 36, 7, 11 }, { 108, 8, 13 }
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		g_assert_cmpuint(holm_smallest_boots(table[i][0], 0.05), ==, table[i][1]);
		g_assert_cmpuint(holm_smallest_blocks(table[i][0], 0.05), ==, table[i][2]);
	}
}

/* As many blocks as are said to be enough can reject, one fewer cannot. */
static void test_smallest_rejects(void)
{
	double ones[COUNT];

	for (size_t i = 0; i < COUNT; i++)
		ones[i] = i + 1;
	for (size_t rows = 1; rows < 200; rows++) {
		unsigned int n = holm_smallest_blocks(rows, 0.05);

		g_assert_cmpfloat(shift_paired_p(ones, n) * rows, <=, 0.05);
		g_assert_cmpfloat(shift_paired_p(ones, n - 1) * rows, >, 0.05);
	}
}

static void test_variance_limits(void)
{
	static const double same_means[] = { 1, 3, 3, 1 }, single[] = { 1, 2 };
	struct variance v = variance_split(same_means, (const size_t[]){ 2, 2 }, 2);

	g_assert_cmpfloat(v.between, ==, 0);
	g_assert_cmpfloat(v.within, ==, 2);
	v = variance_split(single, (const size_t[]){ 1, 1 }, 2);
	g_assert_true(isnan(v.between) && isnan(v.within));
	v = variance_split(single, (const size_t[]){ 2 }, 1);
	g_assert_true(isnan(v.between) && v.within == 0.5);
}

static void test_verdicts(void)
{
	static const struct {
		struct verdict_timed row;
		enum verdict expected;
	} cases[] = {
		{ { 0.10, 0.05, 0.15, 0.001, 0.05, 0.02 }, VERDICT_IMPROVED },
		{ { -0.10, -0.15, -0.05, 0.001, 0.05, 0.02 }, VERDICT_REGRESSED },
		{ { 0.00, -0.01, 0.01, 0.9, 0.05, 0.02 }, VERDICT_EQUIVALENT },
		{ { 0.01, 0.005, 0.015, 0.001, 0.05, 0.02 },
		  VERDICT_EQUIVALENT }, /* real, but too small to matter */
		{ { 0.015, 0.005, 0.025, 0.001, 0.05, 0.02 }, VERDICT_CANNOT_TELL }, /* whether it matters */
		{ { 0.10, 0.05, 0.15, 0.06, 0.05, 0.02 }, VERDICT_CANNOT_TELL },
		{ { 0.10, -INFINITY, INFINITY, 0.25, 0.05, 0.02 }, VERDICT_CANNOT_TELL },
		{ { NAN, NAN, NAN, NAN, 0.05, 0.02 }, VERDICT_CANNOT_TELL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpstr(verdict_name(verdict_timed(&cases[i].row)), ==,
				verdict_name(cases[i].expected));
}

static void test_counted_verdicts(void)
{
	g_assert_cmpint(verdict_counted(0.07, 0.06), ==, VERDICT_IMPROVED);
	g_assert_cmpint(verdict_counted(-0.07, 0.06), ==, VERDICT_REGRESSED);
	g_assert_cmpint(verdict_counted(-0.06, 0.06), ==, VERDICT_EQUIVALENT);
	g_assert_cmpint(verdict_counted(0.5, NAN), ==, VERDICT_CANNOT_TELL);
	g_assert_cmpint(verdict_counted(0, NAN), ==, VERDICT_EQUIVALENT);
}

/* The share of simulated runs of @row->blocks blocks that are settled. */
static double settled_share(const struct verdict_settle *row, unsigned int blocks)
{
	gsl_rng *random = seeded();
	g_autofree double *ratios = g_new(double, blocks);
	unsigned int settled = 0;

	for (int round = 0; round < ROUNDS; round++) {
		struct shift s;

		for (unsigned int i = 0; i < blocks; i++)
			ratios[i] = row->effect + gsl_ran_gaussian(random, row->sd);
		s = shift_paired(ratios, blocks, 0.95);
		if (fabs(row->effect) > row->gate)
			settled += shift_paired_p(ratios, blocks) <= row->alpha / row->rows;
		else
			settled += s.low >= -row->gate && s.high <= row->gate;
	}
	gsl_rng_free(random);
	return (double)settled / ROUNDS;
}

static void test_settle(void)
{
	static const struct verdict_settle outside = { 0.05, 0.06, 6, 12, 0.05, 0.02 };
	static const struct verdict_settle inside = { 0.0, 0.03, 6, 12, 0.05, 0.02 };

	g_assert_cmpfloat(settled_share(&outside, verdict_blocks_to_settle(&outside)), >, 0.7);
	g_assert_cmpfloat(settled_share(&outside, verdict_blocks_to_settle(&outside) / 2), <, 0.7);
	g_assert_cmpfloat(settled_share(&inside, verdict_blocks_to_settle(&inside)), >, 0.7);
	g_assert_cmpfloat(settled_share(&inside, verdict_blocks_to_settle(&inside)), <, 0.9);
}

static void test_settle_unsaid(void)
{
	static const struct verdict_settle unsaid[] = {
		{ 0.05, 0.06, 2, 12, 0.05, 0.02 },	/* two blocks have no spread worth the name */
		{ 0.02, 0.06, 6, 12, 0.05, 0.02 },	/* on the gate */
		{ NAN, 0.06, 6, 12, 0.05, 0.02 },
		{ 0.05, NAN, 6, 12, 0.05, 0.02 },
		{ 0.05, 0.01, 50, 1, 0.05, 0.02 },	/* there are more than enough already */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(unsaid); i++)
		g_assert_cmpuint(verdict_blocks_to_settle(&unsaid[i]), ==, 0);
}

/* R: x <- c(...); predict(lm(x ~ 1), data.frame(y = 0), interval = "prediction") */
static void test_reach(void)
{
	static const double images[] = { 0, 0.004, -0.0061, 0.0025 };
	const double pair[] = { 0, log(1.03) };

	g_assert_cmpfloat_with_epsilon(variance_reach(images, G_N_ELEMENTS(images), 0.05), 0.015935135639864113, 1e-9);
	g_assert_cmpfloat_with_epsilon(variance_reach(pair, G_N_ELEMENTS(pair), 0.05), 0.34004138944921869, 1e-9);
	g_assert_true(isnan(variance_reach(images, 1, 0.05)));
}

/* R: qt(0.975, 3) * sd(x) * sqrt(2), and qt(0.975, 2) * sqrt(2). */
static void test_apart(void)
{
	static const double images[] = { 0, 0.004, -0.0061, 0.0025 }, steps[] = { 0, 1, 2 };

	g_assert_cmpfloat_with_epsilon(variance_apart(images, G_N_ELEMENTS(images), 0.05), 0.020030038271875, 1e-9);
	g_assert_cmpfloat_with_epsilon(variance_apart(steps, G_N_ELEMENTS(steps), 0.05), 4.302652729696142 * sqrt(2), 1e-8);
	g_assert_true(isnan(variance_apart(images, 1, 0.05)));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stats/rules/antisymmetry", test_antisymmetry);
	g_test_add_func("/stats/rules/scale", test_scale);
	g_test_add_func("/stats/rules/interval-contains-estimate", test_interval_contains);
	g_test_add_func("/stats/rules/nothing", test_nothing);
	g_test_add_func("/stats/rules/holm-monotone", test_holm_monotone);
	g_test_add_func("/stats/rules/holm-missing", test_holm_missing);
	g_test_add_func("/stats/rules/smallest", test_smallest);
	g_test_add_func("/stats/rules/smallest-rejects", test_smallest_rejects);
	g_test_add_func("/stats/rules/variance-limits", test_variance_limits);
	g_test_add_func("/stats/rules/verdicts", test_verdicts);
	g_test_add_func("/stats/rules/counted-verdicts", test_counted_verdicts);
	g_test_add_func("/stats/rules/settle", test_settle);
	g_test_add_func("/stats/rules/settle-unsaid", test_settle_unsaid);
	g_test_add_func("/stats/rules/reach", test_reach);
	g_test_add_func("/stats/rules/apart", test_apart);
	return g_test_run();
}
