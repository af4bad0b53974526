/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bpf/hist.h"

/*
 * A distribution of whole numbers >= 0 (nanoseconds) in the log-linear buckets of bpf/hist.h. All zeros is an
 * empty one. A record's JSON becomes one in journal/sample.h.
 */
struct histogram {
	uint64_t count;		/* of all buckets together */
	uint64_t sum;		/* of the values themselves, not of their buckets */
	uint64_t max;		/* the largest value itself */
	uint64_t counts[HIST_BUCKETS];
};

/*
 * @count more values in the bucket that begins at @lo. False, and nothing is changed, when no bucket begins
 * there or the counts would overflow. The caller sets sum and max.
 */
bool histogram_add(struct histogram *h, uint64_t lo, uint64_t count);

/*
 * The values of @other are counted in @into, too. False, and nothing is changed, when sums or counts would
 * overflow.
 */
bool histogram_merge(struct histogram *into, const struct histogram *other);

/*
 * What came between @earlier and @h, two readings of one cumulative histogram: @h becomes that. Its max is
 * exact when it was raised in between, and otherwise the most that the highest bucket allows (it is at most 1.6
 * % too large). False, and nothing is changed, when @earlier has more of anything: then it is not an earlier
 * reading of @h.
 */
bool histogram_subtract(struct histogram *h, const struct histogram *earlier);

/*
 * The value of rank ceil(@q n), at least 1, of n sorted values, @q in [0, 1]: the inverse of the empirical
 * distribution (Hyndman and Fan, The American Statistician 50 (1996), definition 1; R: quantile(type = 1)), but
 * for the middle of its bucket instead of the value, which is at most 0.8 % beside it; never above max. Values
 * beyond the last bucket's end count as max. NaN when empty.
 */
double histogram_quantile(const struct histogram *h, double q);

/* Exact: from the sum. NaN when empty. */
double histogram_mean(const struct histogram *h);
