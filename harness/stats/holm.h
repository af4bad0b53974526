/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/*
 * Holm's step-down adjustment for @count tests of one family; @ret_adjusted may be @p. A NaN stays NaN but
 * counts as a member that was not rejected: rows were declared before they were measured. Holm, A simple
 * sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979) 65-70; R: p.adjust(p, "holm").
 */
void holm_adjust(const double *p, size_t count, double *ret_adjusted);

/*
 * The fewest paired blocks, and the fewest unpaired boots per arm, with which the exact two-sided rank test can
 * reject one row of a family of @rows >= 1 at @alpha in (0, 1): the smallest n whose least p, 2 / 2^n or
 * 2 / binomial(2n, n), is at most alpha / rows.
 */
unsigned int holm_smallest_blocks(size_t rows, double alpha);
unsigned int holm_smallest_boots(size_t rows, double alpha);
