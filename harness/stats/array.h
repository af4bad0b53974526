/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/* Memory for the functions of this room. Each returns what the caller frees with free(), and aborts the program
 * when there is no memory, as GLib and GSL do. */

/* @count zeros; @count may be 0. */
double *array_new(size_t count);

/* The @count numbers of @values in ascending order; they must not be NaN. */
double *array_sorted(const double *values, size_t count);

/* 1 ... @count: the ranks of values without ties. */
unsigned int *array_first(size_t count);

/*
 * Twice the mid-rank of each of @values, in their order: ranks start at 1 and equal values share the mean of
 * theirs; doubled, so that they are whole numbers. Hollander, Wolfe, Chicken, Nonparametric Statistical
 * Methods, 3rd ed. 2014, section 3.1; R: 2 * rank(values).
 */
unsigned int *array_ranks_doubled(const double *values, size_t count);
