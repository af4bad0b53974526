// SPDX-License-Identifier: GPL-2.0-only
#include "exact.h"

#include <gsl/gsl_math.h>
#include <stdlib.h>

#include "array.h"

static size_t sum_of(const unsigned int *weights, size_t count)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += weights[i];
	return sum;
}

void exact_signs(const unsigned int *weights, size_t count, struct exact_pmf *ret_pmf)
{
	size_t reached = 0;
	double *p;

	ret_pmf->count = sum_of(weights, count) + 1;
	ret_pmf->p = p = array_new(ret_pmf->count);
	p[0] = 1;
	for (size_t i = 0; i < count; i++) {
		reached += weights[i];
		for (size_t k = reached + 1; k-- > 0;)
			p[k] = (p[k] + (k >= weights[i] ? p[k - weights[i]] : 0)) / 2;
	}
}

void exact_subsets(const unsigned int *weights, size_t count, size_t size, struct exact_pmf *ret_pmf)
{
	size_t sums = sum_of(weights, count) + 1;
	double *ways = array_new((size + 1) * sums);
	double *all, total = 0;

	/* ways[taken * sums + k]: subsets of the weights so far with that many members and that sum. */
	ways[0] = 1;
	for (size_t i = 0; i < count; i++) {
		for (size_t taken = GSL_MIN(i + 1, size); taken > 0; taken--) {
			double *with = ways + taken * sums, *without = with - sums;

			for (size_t k = sums; k-- > weights[i];)
				with[k] += without[k - weights[i]];
		}
	}
	all = ways + size * sums;
	for (size_t k = 0; k < sums; k++)
		total += all[k];
	ret_pmf->count = sums;
	ret_pmf->p = array_new(sums);
	for (size_t k = 0; k < sums; k++)
		ret_pmf->p[k] = all[k] / total;
	free(ways);
}

void exact_mann_whitney(size_t a_count, size_t b_count, struct exact_pmf *ret_pmf)
{
	size_t count = a_count * b_count + 1;
	/*
	 * null[j * count + u]: the probability of u among as many of a as the outer loop has reached, and j of
	 * b.
	 */
	double *null = array_new((b_count + 1) * count);

	for (size_t j = 0; j <= b_count; j++)
		null[j * count] = 1;
	for (size_t i = 1; i <= a_count; i++) {
		for (size_t j = 1; j <= b_count; j++) {
			double *p = null + j * count, *without_b = p - count, of_a = (double)i / (double)(i + j);

			/*
			 * The largest is one of a, above all of b; or of b, above none. Downwards, as @p is of
			 * i - 1 yet.
			 */
			for (size_t u = i * j + 1; u-- > 0;)
				p[u] = (u >= j ? of_a * p[u - j] : 0) + (1 - of_a) * without_b[u];
		}
	}
	ret_pmf->count = count;
	ret_pmf->p = array_new(count);
	for (size_t u = 0; u < count; u++)
		ret_pmf->p[u] = null[b_count * count + u];
	free(null);
}

void exact_add(struct exact_pmf *into, const struct exact_pmf *other)
{
	struct exact_pmf sum = { .count = into->count + other->count - 1 };

	sum.p = array_new(sum.count);
	for (size_t i = 0; i < into->count; i++) {
		for (size_t j = 0; j < other->count; j++)
			sum.p[i + j] += into->p[i] * other->p[j];
	}
	exact_release(into);
	*into = sum;
}

void exact_add_uniform(struct exact_pmf *into, size_t terms, size_t stride)
{
	size_t run = terms * stride, reach = run - stride, count = into->count + reach, half = (count + 1) / 2;
	double *to_here = array_new(half), *from_here = array_new(half), *sum = array_new(count);

	/*
	 * Sums within runs of @terms, each of one residue of @stride: from the run's beginning, and to its end.
	 */
	for (size_t k = 0, at = 0; k < half; k++, at = at + 1 < run ? at + 1 : 0)
		to_here[k] = (k < into->count ? into->p[k] : 0) + (at >= stride ? to_here[k - stride] : 0);
	for (size_t k = GSL_MIN(into->count, half), at = k % run; k-- > 0;) {
		at = at ? at - 1 : run - 1;
		from_here[k] = into->p[k] + (at < reach && k + stride < half ? from_here[k + stride] : 0);
	}
	for (size_t k = 0, at = 0; k < half; k++, at = at + 1 < run ? at + 1 : 0)
		sum[k] = sum[count - 1 - k] =
			(to_here[k] + (k >= reach && at < reach ? from_here[k - reach] : 0)) / terms;
	free(to_here);
	free(from_here);
	exact_release(into);
	*into = (struct exact_pmf){ sum, count };
}

double exact_two_sided(const struct exact_pmf *pmf, size_t k)
{
	double below = 0, above = 0;

	for (size_t i = 0; i <= k && i < pmf->count; i++)
		below += pmf->p[i];
	for (size_t i = pmf->count; i-- > k;)
		above += pmf->p[i];
	return GSL_MIN(1, 2 * GSL_MIN(below, above));
}

size_t exact_tail(const struct exact_pmf *pmf, double level, double *ret_level)
{
	double below = 0;
	size_t cut = 0;

	while (cut < pmf->count && below + pmf->p[cut] < (1 - level) / 2)
		below += pmf->p[cut++];
	*ret_level = 1 - 2 * below;
	return cut;
}

void exact_release(struct exact_pmf *pmf)
{
	free(pmf->p);
	pmf->p = NULL;
	pmf->count = 0;
}
