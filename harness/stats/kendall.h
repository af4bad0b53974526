/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/* How far values rise or fall with their order: the drift of a machine over the blocks of a run. */
struct kendall {
	double tau;		/* tau-b, -1 ... 1; NaN with fewer than 2 values or when all are equal */
	double p;		/* exact, two-sided; 1 where tau is NaN */
};

/*
 * Kendall's rank correlation of @values with their position. The p is that of all orders of these values: the
 * number of inversions is a sum of independent Mann-Whitney counts, one per group of equal values. Kendall
 * and Gibbons, Rank Correlation Methods, 5th ed. 1990, chapters 3 and 5; R: cor.test(seq_along(v), v, method
 * = "kendall", exact = TRUE) without ties.
 */
struct kendall kendall_with_order(const double *values, size_t count);
