/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/*
 * Exact distributions of sums of whole numbers, by counting (dynamic programming over the weights one by
 * one): Pagano and Tritchler, On obtaining permutation distributions in polynomial time, JASA 78 (1983)
 * 435-440; Streitberg and Roehmel, Exact distributions for permutation and rank tests, Statistical Software
 * Newsletter 12 (1986). Only positive terms are added, so that the relative error of a probability is some n
 * roundings of a double.
 */
struct exact_pmf {
	double *p;		/* p[k]: the probability of the sum k */
	size_t count;		/* one more than the largest sum */
};

/*
 * The sum of those of @weights whose fair coin shows heads. Time and memory: count x, and 1 x, the weights'
 * sum.
 */
void exact_signs(const unsigned int *weights, size_t count, struct exact_pmf *ret_pmf);

/* The sum over a subset of @size <= @count of @weights, all such subsets being equally likely. @count <= 1000.
 * Time and memory: count x size x, and size x, the weights' sum. */
void exact_subsets(const unsigned int *weights, size_t count, size_t size, struct exact_pmf *ret_pmf);

/*
 * An independent one of 0, @stride, ..., (@terms - 1) @stride, all equally likely, is added: @into, which is
 * symmetric, becomes that sum. @terms, @stride >= 1. Time: as many steps as there are sums then. A window of
 * @terms probabilities is the end of one run of them and the beginning of the next, so that nothing is
 * subtracted: van Herk, A fast algorithm for local minimum and maximum filters, Pattern Recognition Letters 13
 * (1992) 517-521, with + for min.
 */
void exact_add_uniform(struct exact_pmf *into, size_t terms, size_t stride);

/*
 * Mann-Whitney's U, the pairs in which the member of a is the larger one, of @a_count and @b_count values
 * without ties: by the recurrence of Mann and Whitney, Ann. Math. Statist. 18 (1947) 50-60, which adds positive
 * terms only. Time: the counts' product squared; memory: the product times @b_count.
 */
void exact_mann_whitney(size_t a_count, size_t b_count, struct exact_pmf *ret_pmf);

/* The sum of two independent sums: @into becomes it. */
void exact_add(struct exact_pmf *into, const struct exact_pmf *other);

/* min(1, 2 min(P(sum <= k), P(sum >= k))). */
double exact_two_sided(const struct exact_pmf *pmf, size_t k);

/*
 * What is cut off at each end for a two-sided level: the number of sums 0, 1, ... that together have a
 * probability < (1 - @level) / 2; *ret_level is the level attained, 1 - 2 P(sum < what is returned). 0 (and
 * level 1) when already P(sum = 0) is too large: the sample is too small for that level. @pmf is symmetric.
 */
size_t exact_tail(const struct exact_pmf *pmf, double level, double *ret_level);

void exact_release(struct exact_pmf *pmf);
