// SPDX-License-Identifier: GPL-2.0-only
/* harness/stats/histogram.c against the sorted values themselves. */
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <math.h>

#include "stats/histogram.h"

#define VALUES 3000
#define ROUNDS 40
#define BEYOND ((double)(UINT64_C(1) << HIST_BITS))

static void count_values(struct histogram *h, const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value = values[i];

		g_assert_true(histogram_add(h, hist_low(hist_index(value)), 1));
		h->sum += value;
		h->max = MAX(h->max, value);
	}
}

static struct histogram of_values(const double *values, size_t count)
{
	struct histogram h = { 0 };

	count_values(&h, values, count);
	return h;
}

/* From the exact buckets over what a kernel function takes to values beyond the last bucket. */
static void draw_values(gsl_rng *random, double *values, size_t count)
{
	double location = gsl_rng_uniform(random) * 20, spread = gsl_rng_uniform(random) * 4;

	for (size_t i = 0; i < count; i++)
		values[i] = floor(fmin(gsl_ran_lognormal(random, location, spread), BEYOND * 1000));
}

static void test_quantiles(void)
{
	static const double probabilities[] = { 0, 0.001, 0.07, 0.5, 0.55, 0.9, 0.99, 0.999, 1 };
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	double values[VALUES];

	for (int round = 0; round < ROUNDS; round++) {
		size_t count = 1 + gsl_rng_uniform_int(random, VALUES);
		struct histogram h;

		draw_values(random, values, count);
		h = of_values(values, count);
		gsl_sort(values, 1, count);
		g_assert_cmpuint(h.count, ==, count);
		for (size_t i = 0; i < G_N_ELEMENTS(probabilities); i++) {
			size_t rank = MAX(ceil(probabilities[i] * count - 1e-9), 1);
			double value = values[rank - 1], got = histogram_quantile(&h, probabilities[i]);

			g_assert_cmpfloat(got, <=, values[count - 1]);
			if (value < 2 * HIST_SUB)
				g_assert_cmpfloat(got, ==, value);
			else if (hist_index(value) < HIST_BUCKETS - 1)
				g_assert_cmpfloat(fabs(got - value), <=, value / (2 * HIST_SUB));
			else
				g_assert_cmpfloat(got, ==, h.max);
		}
	}
	gsl_rng_free(random);
}

static void test_mean(void)
{
	const double values[] = { 1, 1000003, 5 };
	const struct histogram empty = { 0 }, h = of_values(values, G_N_ELEMENTS(values));

	g_assert_cmpfloat(histogram_mean(&h), ==, 1000009 / 3.0);
	g_assert_true(isnan(histogram_mean(&empty)));
	g_assert_true(isnan(histogram_quantile(&empty, 0.5)));
}

static void test_merge_and_subtract(void)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	double values[VALUES];

	for (int round = 0; round < ROUNDS; round++) {
		size_t first = gsl_rng_uniform_int(random, VALUES);
		struct histogram early, late, between, merged;

		draw_values(random, values, VALUES);
		early = of_values(values, first);
		late = of_values(values + first, VALUES - first);
		merged = early;
		g_assert_true(histogram_merge(&merged, &late));
		between = of_values(values, VALUES);
		g_assert_cmpmem(&merged, sizeof(merged), &between, sizeof(between));
		g_assert_true(histogram_subtract(&between, &early));
		g_assert_cmpmem(between.counts, sizeof(between.counts), late.counts, sizeof(late.counts));
		g_assert_cmpuint(between.count, ==, late.count);
		g_assert_cmpuint(between.sum, ==, late.sum);
		g_assert_cmpuint(between.max, >=, late.max);
		if (late.max > early.max)
			g_assert_cmpuint(between.max, ==, late.max);
		else if (late.max < BEYOND)
			g_assert_cmpuint(between.max - late.max, <=, late.max / HIST_SUB);
	}
	gsl_rng_free(random);
}

static void test_subtract_nothing_new(void)
{
	const double values[] = { 7, 9000 };
	struct histogram h = of_values(values, 2), earlier = h;
	const struct histogram empty = { 0 };

	g_assert_true(histogram_subtract(&h, &earlier));
	g_assert_cmpmem(&h, sizeof(h), &empty, sizeof(empty));
}

static void test_refusals(void)
{
	const double values[] = { 7, 9000 };
	const struct histogram of_two = of_values(values, 2), of_one = of_values(values, 1);
	struct histogram h = of_one;

	g_assert_false(histogram_add(&h, 129, 1));	/* 128 is two wide */
	g_assert_false(histogram_add(&h, 128, UINT64_MAX));
	g_assert_false(histogram_add(&h, UINT64_C(1) << HIST_BITS, 1));
	g_assert_false(histogram_subtract(&h, &of_two));
	g_assert_cmpmem(&h, sizeof(h), &of_one, sizeof(of_one));
	h.sum = UINT64_MAX;
	g_assert_false(histogram_merge(&h, &of_two));
	g_assert_cmpuint(h.count, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/histogram/quantiles are those of the values", test_quantiles);
	g_test_add_func("/histogram/mean", test_mean);
	g_test_add_func("/histogram/merge and subtract", test_merge_and_subtract);
	g_test_add_func("/histogram/subtract nothing new", test_subtract_nothing_new);
	g_test_add_func("/histogram/refusals", test_refusals);
	return g_test_run();
}
