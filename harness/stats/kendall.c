// SPDX-License-Identifier: GPL-2.0-only
#include "kendall.h"

#include <math.h>
#include <stdlib.h>

#include "array.h"
#include "exact.h"

/* How many of @group values stand before how many of @others, in a random order: 0 ... group x others. */
static void group_inversions(size_t group, size_t others, struct exact_pmf *ret_pmf)
{
	unsigned int *ranks = calloc(group + others, sizeof(*ranks));
	size_t least = group * (group - 1) / 2;

	if (!ranks)
		abort();
	for (size_t i = 0; i < group + others; i++)
		ranks[i] = i;
	exact_subsets(ranks, group + others, group, ret_pmf);
	ret_pmf->count = group * others + 1;
	for (size_t k = 0; k < ret_pmf->count; k++)
		ret_pmf->p[k] = ret_pmf->p[k + least];
	free(ranks);
}

/*
 * Most values stand alone, or two are equal. The generating function of m + 1 places for one value is that of a
 * uniform distribution; of two, (1 - q^(m + 1)) (1 - q^(m + 2)) / ((1 - q) (1 - q^2)), of which the even
 * exponent is divided by the second factor: Andrews, The Theory of Partitions, 1976, section 3.2.
 */
static void add_group(struct exact_pmf *into, size_t group, size_t others)
{
	size_t odd = (others + 1) | 1, even = (others + 2) & ~(size_t)1;
	struct exact_pmf part;

	if (group == 1) {
		exact_add_uniform(into, others + 1, 1);
	} else if (group == 2) {
		exact_add_uniform(into, odd, 1);
		exact_add_uniform(into, even / 2, 2);
	} else {
		group_inversions(group, others, &part);
		exact_add(into, &part);
		exact_release(&part);
	}
}

/* The distribution of the number of inversions; its largest one is the number of pairs that are not tied. */
static void null_inversions(const double *values, size_t count, struct exact_pmf *ret_pmf)
{
	double *sorted = array_sorted(values, count);
	size_t from, to;

	ret_pmf->p = array_new(1);
	ret_pmf->p[0] = 1;
	ret_pmf->count = 1;
	for (from = 0; from < count; from = to) {
		for (to = from; to < count && sorted[to] == sorted[from]; to++)
			;
		add_group(ret_pmf, to - from, from);
	}
	free(sorted);
}

struct kendall kendall_with_order(const double *values, size_t count)
{
	struct kendall k = { NAN, 1 };
	size_t inversions = 0, pairs = count * (count - 1) / 2, untied;
	struct exact_pmf pmf;

	if (count < 2)
		return k;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++)
			inversions += values[i] > values[j];
	}
	null_inversions(values, count, &pmf);
	untied = pmf.count - 1;
	if (untied > 0) {
		k.tau = ((double)untied - 2.0 * inversions) / sqrt((double)untied * pairs);
		k.p = exact_two_sided(&pmf, inversions);
	}
	exact_release(&pmf);
	return k;
}
