/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Log-linear buckets, shared by the BPF programs and by those who read them. HIST_SUB of them between two
 * powers of two: a bucket is at most 1/HIST_SUB = 1.6 % wide, and values below 2 * HIST_SUB are exact. The
 * same division as HdrHistogram's (hdrhistogram.org), with two significant digits' worth of sub-buckets.
 */
#define HIST_SUB_BITS	6
#define HIST_SUB	(1 << HIST_SUB_BITS)
/* Values of 2^HIST_BITS ns (69 s) and more are counted in the last bucket. */
#define HIST_BITS	36
#define HIST_BUCKETS	((HIST_BITS - HIST_SUB_BITS + 1) * HIST_SUB)

/* One CPU's share of one histogram, as it lies in a map. */
struct hist {
	unsigned long long sum;
	unsigned long long max;
	unsigned long long lost;	/* events that were seen to be missed */
	unsigned long long unpaired;	/* ends without a begin: it was before the trace, or lost */
	unsigned long long buckets[HIST_BUCKETS];
};

/* The bucket of @value. Shifts and comparisons only: BPF has no instruction that counts zeros. */
static inline __attribute__((always_inline)) unsigned int hist_index(unsigned long long value)
{
	unsigned int shift = 0;

	if (value >> HIST_BITS)
		return HIST_BUCKETS - 1;
	if (value >> (HIST_SUB_BITS + 16)) {
		value >>= 16;
		shift += 16;
	}
	if (value >> (HIST_SUB_BITS + 8)) {
		value >>= 8;
		shift += 8;
	}
	if (value >> (HIST_SUB_BITS + 4)) {
		value >>= 4;
		shift += 4;
	}
	if (value >> (HIST_SUB_BITS + 2)) {
		value >>= 2;
		shift += 2;
	}
	if (value >> (HIST_SUB_BITS + 1)) {
		value >>= 1;
		shift += 1;
	}
	return shift * HIST_SUB + (unsigned int)value;
}

/* The smallest value of bucket @index; that of bucket @index + 1 is the first above it. */
static inline unsigned long long hist_low(unsigned int index)
{
	unsigned int shift;

	if (index < 2 * HIST_SUB)
		return index;
	shift = index / HIST_SUB - 1;
	return (unsigned long long)(index % HIST_SUB + HIST_SUB) << shift;
}
