// SPDX-License-Identifier: GPL-2.0-only
#include "histogram.h"

#include <float.h>
#include <math.h>

#define LAST (HIST_BUCKETS - 1)

bool histogram_add(struct histogram *h, uint64_t lo, uint64_t count)
{
	unsigned int i = hist_index(lo);

	/* No bucket's count exceeds the total, which is therefore the only one that can overflow. */
	if (hist_low(i) != lo || h->count + count < h->count)
		return false;
	h->counts[i] += count;
	h->count += count;
	return true;
}

bool histogram_merge(struct histogram *into, const struct histogram *other)
{
	if (into->count + other->count < into->count || into->sum + other->sum < into->sum)
		return false;
	for (unsigned int i = 0; i < HIST_BUCKETS; i++)
		into->counts[i] += other->counts[i];
	into->count += other->count;
	into->sum += other->sum;
	if (into->max < other->max)
		into->max = other->max;
	return true;
}

static bool is_later(const struct histogram *h, const struct histogram *earlier)
{
	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		if (h->counts[i] < earlier->counts[i])
			return false;
	}
	return h->sum >= earlier->sum && h->max >= earlier->max;
}

/* The most that the values of @h can reach, of which none exceeds @max. */
static uint64_t highest_possible(const struct histogram *h, uint64_t max)
{
	unsigned int top = LAST;

	while (top > 0 && h->counts[top] == 0)
		top--;
	if (h->count == 0)
		return 0;
	return top == LAST || max < hist_low(top + 1) ? max : hist_low(top + 1) - 1;
}

bool histogram_subtract(struct histogram *h, const struct histogram *earlier)
{
	if (!is_later(h, earlier))
		return false;
	for (unsigned int i = 0; i < HIST_BUCKETS; i++)
		h->counts[i] -= earlier->counts[i];
	h->count -= earlier->count;
	h->sum -= earlier->sum;
	if (h->max == earlier->max)
		h->max = highest_possible(h, h->max);
	return true;
}

static double middle(unsigned int i, uint64_t max)
{
	double mid = (hist_low(i) + (hist_low(i + 1) - 1)) / 2.0;

	return i == LAST || mid > max ? max : mid;
}

double histogram_quantile(const struct histogram *h, double q)
{
	/* As R does it: 0.55 * 100 is not to become 56 by rounding. */
	double rank = fmax(ceil(q * h->count * (1 - 4 * DBL_EPSILON)), 1);
	uint64_t below = 0;

	if (h->count == 0)
		return NAN;
	for (unsigned int i = 0; i < LAST; i++) {
		below += h->counts[i];
		if (below >= rank)
			return middle(i, h->max);
	}
	return middle(LAST, h->max);
}

double histogram_mean(const struct histogram *h)
{
	return h->count ? (double)h->sum / h->count : NAN;
}
