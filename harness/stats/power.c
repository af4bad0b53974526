// SPDX-License-Identifier: GPL-2.0-only
#include "power.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "exact.h"
#include "holm.h"

#define SEED 20261120
#define QUADRATURE_POINTS 128
#define BISECTIONS 24

struct power {
	size_t rows;
	double alpha;
	size_t blocks, blocks_max;
	double *noise;		/* of each run blocks_max values, the first `blocks` in ascending order */
	size_t critical;	/* the least signed-rank sum that is rejected */
};

static double integrate(double (*function)(double x, void *data), void *data, double low, double high)
{
	gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(QUADRATURE_POINTS);
	gsl_function f = { function, data };
	double integral = gsl_integration_glfixed(&f, low, high, table);

	gsl_integration_glfixed_table_free(table);
	return integral;
}

/*
 * Of @count normal values the two at @low and @high <= those stand in the middle, the others equally many on
 * each side.
 */
static double log_density_of_middle(size_t count, double low, double high)
{
	double each_side = (count - 1) / 2;
	double ways = gsl_sf_lngamma(count + 1) - 2 * gsl_sf_lngamma(each_side + 1);

	return ways + each_side * (log(gsl_cdf_ugaussian_P(low)) + log(gsl_cdf_ugaussian_Q(high)));
}

struct middle_two {
	size_t count;
	double mean;
};

static double middle_two_density(double half_gap, void *data)
{
	const struct middle_two *m = data;
	double low = m->mean - half_gap, high = m->mean + half_gap;

	return 2 * exp(log_density_of_middle(m->count, low, high)) * gsl_ran_ugaussian_pdf(low) *
	       gsl_ran_ugaussian_pdf(high);
}

static double median_square(double y, void *data)
{
	struct middle_two m = { *(const size_t *)data, y };
	double density;

	if (m.count % 2)
		density = exp(log_density_of_middle(m.count, y, y)) * gsl_ran_ugaussian_pdf(y);
	else
		density = integrate(middle_two_density, &m, 0, 40.0 / m.count);
	return y * y * density;
}

double power_median_variance(size_t count)
{
	/* Ten standard deviations of the median of many, and more of those of few. */
	double reach = 10 * sqrt(M_PI_2 / count);

	return 2 * integrate(median_square, &count, 0, reach);
}

double power_ratio_sd(double between, double within, size_t loads)
{
	return sqrt(2 * (between + within * power_median_variance(loads)));
}

struct power *power_new(size_t rows, double alpha, size_t blocks_max)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct power *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	*p = (struct power){ .rows = rows, .alpha = alpha, .blocks_max = blocks_max };
	p->noise = array_new(POWER_RUNS * blocks_max);
	gsl_rng_set(random, SEED);
	/* Block after block, so that runs of more blocks begin with those of fewer. */
	for (size_t block = 0; block < blocks_max; block++) {
		for (size_t run = 0; run < POWER_RUNS; run++)
			p->noise[run * blocks_max + block] = gsl_ran_ugaussian_ratio_method(random);
	}
	gsl_rng_free(random);
	return p;
}

void power_free(struct power *p)
{
	free(p->noise);
	free(p);
}

/* @values[@count] joins the @count before it, which are in ascending order. */
static void insert(double *values, size_t count)
{
	double value = values[count];
	size_t place = count;

	while (place > 0 && values[place - 1] > value)
		place--;
	memmove(values + place + 1, values + place, (count - place) * sizeof(*values));
	values[place] = value;
}

/* The largest sum is that of all ranks; none is rejected when more than it is needed. */
static size_t critical_sum(size_t blocks, double alpha)
{
	unsigned int *ranks = array_first(blocks);
	struct exact_pmf pmf;
	double level;
	size_t critical;

	exact_signs(ranks, blocks, &pmf);
	critical = pmf.count - exact_tail(&pmf, 1 - alpha, &level);
	exact_release(&pmf);
	free(ranks);
	return critical;
}

void power_set_blocks(struct power *p, size_t blocks)
{
	for (size_t run = 0; run < POWER_RUNS; run++) {
		for (size_t i = p->blocks; i < blocks; i++)
			insert(p->noise + run * p->blocks_max, i);
	}
	p->blocks = blocks;
	p->critical = critical_sum(blocks, p->alpha / p->rows);
}

/*
 * The sums of pairs of a run's values, each with itself, too: how many lie above a threshold, and its
 * neighbours.
 */
struct pair_sums {
	size_t above;
	double lowest_above, highest_below;
};

/* @values ascend: what a pair (i, j) is above, the pairs of those between are, too. */
static struct pair_sums split_pairs(const double *values, size_t count, double threshold)
{
	struct pair_sums s = { 0, INFINITY, -INFINITY };
	size_t i = 0, end = count;

	while (i < end) {
		double sum = values[i] + values[end - 1];

		if (sum > threshold) {
			s.above += end - i;
			s.lowest_above = GSL_MIN(s.lowest_above, sum);
			end--;
		} else {
			s.highest_below = GSL_MAX(s.highest_below, sum);
			i++;
		}
	}
	return s;
}

/*
 * Both conditions by counting Walsh averages: those above 0 are the signed-rank sum (Tukey; Hollander, Wolfe,
 * Chicken 2014, comment 17 of chapter 3), and the Hodges-Lehmann estimate is their median. Then the interval
 * reaches beyond the gate, so that the row is not equivalent.
 */
static bool is_marked(const struct power *p, const double *noise, double sd, double effect, double gate)
{
	double beyond = 2 * (gate - effect) / sd;
	size_t pairs = p->blocks * (p->blocks + 1) / 2;
	struct pair_sums s;

	if (split_pairs(noise, p->blocks, -2 * effect / sd).above < p->critical)
		return false;
	s = split_pairs(noise, p->blocks, beyond);
	return 2 * s.above == pairs ? s.lowest_above + s.highest_below > 2 * beyond : 2 * s.above > pairs;
}

double power_of(const struct power *p, double sd, double effect, double gate)
{
	size_t marked = 0;

	for (size_t run = 0; run < POWER_RUNS; run++)
		marked += is_marked(p, p->noise + run * p->blocks_max, sd, effect, gate);
	return (double)marked / POWER_RUNS;
}

double power_detectable(const struct power *p, double sd, double gate)
{
	double low = gate, high = gate + sd;

	if (p->critical > p->blocks * (p->blocks + 1) / 2 || !isfinite(sd))
		return INFINITY;
	while (sd > 0 && power_of(p, sd, high, gate) < POWER_WANTED)
		high += high - gate;
	for (int i = 0; i < BISECTIONS; i++) {
		double middle = (low + high) / 2;

		if (power_of(p, sd, middle, gate) < POWER_WANTED)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* The least of @sds that has no blocks yet; @count when there is none. */
static size_t find_quietest(const double *sds, const unsigned int *blocks, size_t count)
{
	size_t found = count;

	for (size_t i = 0; i < count; i++) {
		if (blocks[i] == 0 && !isnan(sds[i]) && (found == count || sds[i] < sds[found]))
			found = i;
	}
	return found;
}

void power_blocks(size_t rows, double alpha, double effect, double gate, const double *sds, size_t count,
		  size_t blocks_max, unsigned int *ret_blocks)
{
	struct power *p = power_new(rows, alpha, blocks_max);
	size_t i;

	memset(ret_blocks, 0, count * sizeof(*ret_blocks));
	for (size_t blocks = holm_smallest_blocks(rows, alpha); blocks <= blocks_max; blocks++) {
		power_set_blocks(p, blocks);
		while ((i = find_quietest(sds, ret_blocks, count)) < count &&
		       power_of(p, sds[i], effect, gate) >= POWER_WANTED)
			ret_blocks[i] = blocks;
		if (i == count)
			break;
	}
	power_free(p);
}
