// SPDX-License-Identifier: GPL-2.0-only
#include "share.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* One hit and one miss are added to each. */
static double variance_of(const struct share *s)
{
	double samples = s->samples + 2, p = (s->hits + 1) / samples;

	return p * (1 - p) / samples;
}

double share_counting_error(const struct share *a, const struct share *b, double level)
{
	return gsl_cdf_ugaussian_Qinv((1 - level) / 2) * sqrt(variance_of(a) + variance_of(b));
}

double share_mean_error(const double *values, size_t count, double level)
{
	if (count < 2)
		return NAN;
	return gsl_cdf_tdist_Qinv((1 - level) / 2, count - 1) * gsl_stats_sd(values, 1, count) / sqrt(count);
}
