// SPDX-License-Identifier: GPL-2.0-only
#include "proportion.h"

#include <gsl/gsl_cdf.h>

struct proportion proportion_interval(size_t hits, size_t trials, double level)
{
	double tail = (1 - level) / 2, misses = trials - hits;
	struct proportion interval = { 0, 1 };

	if (hits > 0)
		interval.low = gsl_cdf_beta_Pinv(tail, hits, misses + 1);
	if (misses > 0)
		interval.high = gsl_cdf_beta_Qinv(tail, hits + 1.0, misses);
	return interval;
}
