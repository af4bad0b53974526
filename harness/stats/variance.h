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
