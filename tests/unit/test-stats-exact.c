// SPDX-License-Identifier: GPL-2.0-only
/* The exact tests against every sign flip, every split and every order that there is, with ties and zeros. */
#include <glib.h>
#include <gsl/gsl_permutation.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "stats/exact.h"
#include "stats/kendall.h"
#include "stats/shift.h"

#define SMALL_MAX 8
#define TOLERANCE 1e-12

/* How many equally likely outcomes lie at or below, and at or above, what was observed. */
struct tally {
	size_t below, above, all;
};

static void tally_add(struct tally *t, double sum, double observed)
{
	t->below += sum <= observed + 1e-9;
	t->above += sum >= observed - 1e-9;
	t->all++;
}

static double tally_p(const struct tally *t)
{
	return fmin(1, 2.0 * MIN(t->below, t->above) / t->all);
}

/* The mid-rank of @values[@which], by its definition. */
static double midrank(const double *values, size_t count, size_t which)
{
	double rank = 0.5;

	for (size_t i = 0; i < count; i++)
		rank += values[i] < values[which] ? 1 : values[i] == values[which] ? 0.5 : 0;
	return rank;
}

static double brute_paired_p(const double *values, size_t count)
{
	double sizes[SMALL_MAX], ranks[SMALL_MAX], observed = 0;
	struct tally t = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (values[i] != 0)
			sizes[n++] = fabs(values[i]);
	}
	for (size_t i = 0, k = 0; i < count; i++) {
		if (values[i] == 0)
			continue;
		ranks[k] = midrank(sizes, n, k);
		observed += values[i] > 0 ? ranks[k] : 0;
		k++;
	}
	for (size_t flips = 0; flips < (size_t)1 << n; flips++) {
		double sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += flips >> i & 1 ? ranks[i] : 0;
		tally_add(&t, sum, observed);
	}
	return tally_p(&t);
}

static double brute_unpaired_p(const double *all, size_t count, size_t first)
{
	double ranks[SMALL_MAX], observed = 0;
	struct tally t = { 0 };

	for (size_t i = 0; i < count; i++) {
		ranks[i] = midrank(all, count, i);
		observed += i < first ? ranks[i] : 0;
	}
	for (size_t split = 0; split < (size_t)1 << count; split++) {
		double sum = 0;

		if ((size_t)__builtin_popcountl(split) != first)
			continue;
		for (size_t i = 0; i < count; i++)
			sum += split >> i & 1 ? ranks[i] : 0;
		tally_add(&t, sum, observed);
	}
	return tally_p(&t);
}

static double inversions(const double *values, const gsl_permutation *order, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++)
			sum += values[gsl_permutation_get(order, i)] > values[gsl_permutation_get(order, j)];
	}
	return sum;
}

static double brute_kendall_p(const double *values, size_t count)
{
	gsl_permutation *order = gsl_permutation_calloc(count);
	double observed = inversions(values, order, count);
	struct tally t = { 0 };

	do {
		tally_add(&t, inversions(values, order, count), observed);
	} while (gsl_permutation_next(order) == GSL_SUCCESS);
	gsl_permutation_free(order);
	return tally_p(&t);
}

/*
 * Calls @check with samples of every size up to @largest: few distinct values, so that ties and zeros abound.
 */
static void with_samples(size_t largest, void (*check)(const double *values, size_t count))
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(random, 8);
	for (size_t count = 1; count <= largest; count++) {
		for (int round = 0; round < 60; round++) {
			double values[SMALL_MAX];

			for (size_t i = 0; i < count; i++)
				values[i] = round % 2 ? gsl_rng_uniform(random) - 0.4 :
							(double)gsl_rng_uniform_int(random, 6) - 2;
			check(values, count);
		}
	}
	gsl_rng_free(random);
}

static void check_paired(const double *values, size_t count)
{
	g_assert_cmpfloat_with_epsilon(shift_paired_p(values, count), brute_paired_p(values, count), TOLERANCE);
}

static void check_unpaired(const double *values, size_t count)
{
	for (size_t first = 0; first <= count; first++)
		g_assert_cmpfloat_with_epsilon(shift_unpaired_p(values, first, values + first, count - first),
					       brute_unpaired_p(values, count, first), TOLERANCE);
}

static void check_kendall(const double *values, size_t count)
{
	struct kendall k = kendall_with_order(values, count);

	if (!isnan(k.tau))
		g_assert_cmpfloat_with_epsilon(k.p, brute_kendall_p(values, count), TOLERANCE);
	else
		g_assert_cmpfloat(k.p, ==, 1);
}

/* The interval is the set of shifts that the test does not reject, ends included. */
static void check_interval(const double *values, size_t count)
{
	struct shift s = shift_paired(values, count, 0.8);
	double moved[SMALL_MAX];

	g_assert_cmpfloat(s.level, >=, 0.8);
	g_assert_true(s.low <= s.estimate && s.estimate <= s.high);
	for (double by = -4; by < 4; by += 0.0937) {
		for (size_t i = 0; i < count; i++)
			moved[i] = values[i] - by;
		if (by < s.low || by > s.high)
			continue;
		for (size_t i = 0; i < count; i++)
			moved[i] += i * 1e-9;	/* the interval is that of untied ranks */
		g_assert_cmpfloat(shift_paired_p(moved, count), >, 0.2 - 1e-12);
	}
}

static void test_paired(void)
{
	with_samples(SMALL_MAX, check_paired);
}

static void test_unpaired(void)
{
	with_samples(SMALL_MAX, check_unpaired);
}

/* Without ties U is the sum of the ranks of a, less the least that it can be. */
static void test_mann_whitney(void)
{
	unsigned int ranks[24];

	for (unsigned int i = 0; i < G_N_ELEMENTS(ranks); i++)
		ranks[i] = i + 1;
	for (size_t a = 0; a <= 12; a++) {
		for (size_t b = 0; b <= 12; b++) {
			struct exact_pmf sums, u;

			exact_subsets(ranks, a + b, a, &sums);
			exact_mann_whitney(a, b, &u);
			g_assert_cmpuint(u.count, ==, a * b + 1);
			for (size_t k = 0; k < u.count; k++)
				g_assert_cmpfloat_with_epsilon(u.p[k], sums.p[k + a * (a + 1) / 2], 1e-14);
			exact_release(&sums);
			exact_release(&u);
		}
	}
}

static void test_kendall(void)
{
	with_samples(SMALL_MAX, check_kendall);
}

static void test_interval(void)
{
	with_samples(SMALL_MAX, check_interval);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stats/exact/paired", test_paired);
	g_test_add_func("/stats/exact/unpaired", test_unpaired);
	g_test_add_func("/stats/exact/mann-whitney", test_mann_whitney);
	g_test_add_func("/stats/exact/kendall", test_kendall);
	g_test_add_func("/stats/exact/interval", test_interval);
	return g_test_run();
}
