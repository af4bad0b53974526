/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/* Variances of the one-way random-effects model: value = mean + boot's effect + load's. */
struct variance {
	double between;		/* between boots; NaN with fewer than 2 boots or when @within is */
	double within;		/* within a boot; NaN when no boot has 2 loads */
};

/*
 * Estimates by moments (analysis of variance), also for boots of different size; a negative @between is cut
 * off at 0. @values holds the first boot's loads, then the second's, ...; @sizes >= 1. Searle, Casella,
 * McCulloch, Variance Components, 1992, section 3.6; R: from the mean squares of aov(value ~ boot).
 */
struct variance variance_split(const double *values, const size_t *sizes, size_t boots);

/*
 * The variance of one figure when what its block and its arm add is taken away: the residual mean square of the
 * randomised complete block design. @values holds the first block's figure of each arm, then the second's, ...;
 * NaN with fewer than 2 blocks or arms. Montgomery, Design and Analysis of Experiments, 8th ed. 2012,
 * section 4.1; R: from the mean squares of aov(value ~ factor(block) + factor(arm)).
 */
double variance_residual(const double *values, size_t blocks, size_t arms);

/*
 * How far from 0 the next one of a normal population may read, given @count of it: the farther end of the
 * prediction interval of level 1 - @alpha for one future observation. With counted images: @values are the
 * effects of the baseline's images against the first of them, whose own is 0; an image of the same source lies
 * outside with a probability of at most @alpha. NaN with fewer than 2. Hahn, Meeker, Statistical Intervals,
 * 1991, section 4.7; R: predict(lm(x ~ 1), interval = "prediction").
 */
double variance_reach(const double *values, size_t count, double alpha);

/*
 * How far apart the next two of a normal population may read, given @count of it: their difference has twice
 * the variance of one, and lies outside with a probability of at most @alpha. NaN with fewer than 2.
 * R: qt(1 - alpha / 2, n - 1) * sd(x) * sqrt(2).
 */
double variance_apart(const double *values, size_t count, double alpha);
