/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/* What part of @samples fell on one thing: @hits of them. */
struct share {
	double hits, samples;
};

/*
 * How far from the difference of two shares, in parts of 1, that of what they are samples of may lie, with a
 * confidence of @level, when each sample falls by itself: half of the width of Agresti and Caffo's interval,
 * which also holds where a share is 0 or 1: Simple and effective confidence intervals for proportions and
 * differences of proportions, The American Statistician 54 (2000) 280-288.
 */
double share_counting_error(const struct share *a, const struct share *b, double level);

/*
 * Half of the width of Student's interval for the mean of the population of which @values are @count: NaN with
 * fewer than 2. R: diff(t.test(x)$conf.int) / 2.
 */
double share_mean_error(const double *values, size_t count, double level);
