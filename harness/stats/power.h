/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/*
 * What a plan of paired blocks can see, before it runs: runs are simulated (GSL's mt19937, always the same
 * seed) and judged as verdict_timed() judges them after shift_paired(), shift_paired_p() and the first step of
 * holm_adjust(). Effects are natural logarithms of t(baseline) / t(candidate), and what holds for one holds for
 * its negative.
 *
 * The model: boots and loads are normal on logarithms and independent; one row of the family has the effect,
 * the others have none. Its power is the probability that it is marked, with the right sign. That the other
 * rows may be rejected by mistake and so make Holm's next step easier is left out: it happens in less than
 * alpha of the runs, and then raises the level of a family of k rows by a factor of k / (k - 1).
 */
#define POWER_WANTED 0.8
#define POWER_RUNS 10000
/* Twice the standard error of a power near POWER_WANTED from so many runs. */
#define POWER_ERROR 0.008

/*
 * The variance of the median of @count >= 1 standard normal values, the mean of the middle two when @count is
 * even. By integration of the density of order statistics: David and Nagaraja, Order Statistics, 3rd ed. 2003,
 * sections 2.1, 2.2.
 */
double power_median_variance(size_t count);

/*
 * The standard deviation of one block's log-ratio: of the difference of two boots, each the median of @loads
 * loads.
 * @between and @within are variances (struct variance).
 */
double power_ratio_sd(double between, double within, size_t loads);

/* Simulated runs of a plan. */
struct power;

/*
 * @rows >= 1 in the family; @blocks_max: the most that power_set_blocks() will be told. Free with power_free().
 */
struct power *power_new(size_t rows, double alpha, size_t blocks_max);
void power_free(struct power *p);

/* The runs have @blocks blocks: those that they had, and more. Not fewer than before. */
void power_set_blocks(struct power *p, size_t blocks);

/*
 * The probability that an @effect is marked, given the standard deviation of a block's log-ratio and the gate.
 */
double power_of(const struct power *p, double sd, double effect, double gate);

/* The smallest effect >= 0 that is marked with POWER_WANTED; INFINITY when none can be. */
double power_detectable(const struct power *p, double sd, double gate);

/*
 * The fewest blocks, @blocks_max at most, by which an @effect > @gate is marked with POWER_WANTED in a family
 * of @rows, for each of @count standard deviations; 0 where more are needed, or where sd is NaN.
 */
void power_blocks(size_t rows, double alpha, double effect, double gate, const double *sds, size_t count,
		  size_t blocks_max, unsigned int *ret_blocks);
