/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/*
 * Where a sample's centre lies (paired data), or how far two samples are apart (unpaired): exact rank tests
 * and the estimates and intervals that belong to them. Values must be finite.
 *
 * Ties: the tests use mid-ranks and the exact distribution given these very ranks. The intervals are closed
 * and come from the distribution without ties; with ties they cover at least as often as stated: Noether,
 * Wilcoxon confidence intervals for location parameters in the discrete case, JASA 62 (1967) 184-188.
 */
struct shift {
	double estimate;	/* NaN when there is no data */
	double low, high;	/* -INFINITY and INFINITY when the sample is too small for the wanted level */
	double level;		/* attained: >= the level asked for; 1 when unbounded */
};

/*
 * Wilcoxon's signed-rank test, two-sided p of "@values are symmetric about 0": zeros are dropped, and the p
 * is that of all sign flips of the rest. 1 when nothing but zeros is left. Hollander, Wolfe, Chicken 2014,
 * section 3.1; R: wilcox.test(values, exact = TRUE) where there are neither ties nor zeros.
 */
double shift_paired_p(const double *values, size_t count);

/*
 * Hodges-Lehmann: the median of the count (count + 1) / 2 means of pairs (Walsh averages), and the interval
 * that inverts the signed-rank test. @level in (0, 1). Hollander, Wolfe, Chicken 2014, sections 3.2 and 3.3;
 * R: wilcox.test(values, exact = TRUE, conf.int = TRUE).
 */
struct shift shift_paired(const double *values, size_t count, double level);

/*
 * Mann-Whitney, Wilcoxon's rank-sum test: two-sided p of "@a and @b come from one distribution". 1 when one is
 * empty. Hollander, Wolfe, Chicken 2014, section 4.1; R: wilcox.test(a, b, exact = TRUE) without ties.
 */
double shift_unpaired_p(const double *a, size_t a_count, const double *b, size_t b_count);

/* Hodges-Lehmann: the median of all a - b, and the interval that inverts the rank-sum test. The same book,
 * sections 4.2 and 4.3; R: wilcox.test(a, b, exact = TRUE, conf.int = TRUE). */
struct shift shift_unpaired(const double *a, size_t a_count, const double *b, size_t b_count, double level);
