// SPDX-License-Identifier: GPL-2.0-only
#include "variance.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

struct variance variance_split(const double *values, const size_t *sizes, size_t boots)
{
	struct variance v = { NAN, NAN };
	double squares_within = 0, squares_between = 0, sizes_squared = 0, grand, share;
	size_t count = 0, at = 0;

	for (size_t i = 0; i < boots; i++) {
		count += sizes[i];
		sizes_squared += (double)sizes[i] * sizes[i];
	}
	if (count == boots)
		return v;
	grand = gsl_stats_mean(values, 1, count);
	for (size_t i = 0; i < boots; at += sizes[i++]) {
		double mean = gsl_stats_mean(values + at, 1, sizes[i]);

		squares_within += gsl_stats_tss_m(values + at, 1, sizes[i], mean);
		squares_between += sizes[i] * gsl_pow_2(mean - grand);
	}
	v.within = squares_within / (count - boots);
	if (boots < 2)
		return v;
	/* The mean square between boots estimates within + share * between. */
	share = (count - sizes_squared / count) / (boots - 1);
	v.between = GSL_MAX(0, (squares_between / (boots - 1) - v.within) / share);
	return v;
}

double variance_reach(const double *values, size_t count, double alpha)
{
	double half;

	if (count < 2)
		return NAN;
	half = gsl_cdf_tdist_Qinv(alpha / 2, count - 1) * gsl_stats_sd(values, 1, count) *
	       sqrt(1 + 1.0 / count);
	return fabs(gsl_stats_mean(values, 1, count)) + half;
}

double variance_apart(const double *values, size_t count, double alpha)
{
	if (count < 2)
		return NAN;
	return gsl_cdf_tdist_Qinv(alpha / 2, count - 1) * gsl_stats_sd(values, 1, count) * M_SQRT2;
}

double variance_residual(const double *values, size_t blocks, size_t arms)
{
	double grand = gsl_stats_mean(values, 1, blocks * arms), squares;

	if (blocks < 2 || arms < 2)
		return NAN;
	squares = gsl_stats_tss_m(values, 1, blocks * arms, grand);
	for (size_t block = 0; block < blocks; block++)
		squares -= arms * gsl_pow_2(gsl_stats_mean(values + block * arms, 1, arms) - grand);
	for (size_t arm = 0; arm < arms; arm++)
		squares -= blocks * gsl_pow_2(gsl_stats_mean(values + arm, arms, blocks) - grand);
	/* Nothing is left but roundings where all arms agree. */
	return GSL_MAX(0, squares / ((blocks - 1) * (arms - 1)));
}
