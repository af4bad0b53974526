/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/* @values need not be sorted and are not changed. NaN when @count is 0 or a value is NaN. */

/* The middle value, or the mean of the middle two. R: median(). */
double quantile_median(const double *values, size_t count);

/*
 * @p in [0, 1]; linear between order statistics, (n - 1) p + 1 counted from one. Hyndman and Fan, Sample
 * quantiles in statistical packages, The American Statistician 50 (1996), definition 7; R: quantile(type =
 * 7).
 */
double quantile_of(const double *values, size_t count, double p);
