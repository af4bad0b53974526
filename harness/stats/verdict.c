// SPDX-License-Identifier: GPL-2.0-only
#include "verdict.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>

#include "holm.h"

#define POWER 0.8
#define SETTLE_MAX 1000

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = {
		[VERDICT_IMPROVED] = "improved",
		[VERDICT_REGRESSED] = "regressed",
		[VERDICT_EQUIVALENT] = "equivalent",
		[VERDICT_CANNOT_TELL] = "cannot tell",
	};

	return names[v];
}

static enum verdict by_sign(double effect)
{
	return effect > 0 ? VERDICT_IMPROVED : VERDICT_REGRESSED;
}

enum verdict verdict_timed(const struct verdict_timed *row)
{
	if (row->low >= -row->gate && row->high <= row->gate)
		return VERDICT_EQUIVALENT;
	if (row->p <= row->alpha && fabs(row->effect) > row->gate)
		return by_sign(row->effect);
	return VERDICT_CANNOT_TELL;
}

enum verdict verdict_counted(double effect, double gate)
{
	if (effect == 0 || fabs(effect) <= gate)
		return VERDICT_EQUIVALENT;
	return fabs(effect) > gate ? by_sign(effect) : VERDICT_CANNOT_TELL;
}

static double blocks_to_reject(const struct verdict_settle *row)
{
	/* The probability that the mean of two blocks' effects has the sign of the effect. */
	double same_sign = gsl_cdf_ugaussian_P(M_SQRT2 * fabs(row->effect) / row->sd);
	double z = gsl_cdf_ugaussian_Qinv(row->alpha / row->rows / 2) + gsl_cdf_ugaussian_Pinv(POWER);

	return gsl_pow_2(z) / (3 * gsl_pow_2(same_sign - 0.5));
}

static double blocks_to_equate(const struct verdict_settle *row)
{
	double z = gsl_cdf_ugaussian_Qinv(row->alpha / 2) + gsl_cdf_ugaussian_Pinv((1 + POWER) / 2);

	return M_PI / 3 * gsl_pow_2(z * row->sd / (row->gate - fabs(row->effect)));
}

unsigned int verdict_blocks_to_settle(const struct verdict_settle *row)
{
	bool outside = fabs(row->effect) > row->gate;
	double needed;

	if (row->blocks < 3 || !(row->sd >= 0) || !isfinite(row->effect))
		return 0;
	needed = ceil(outside ? blocks_to_reject(row) : blocks_to_equate(row));
	needed = GSL_MAX(needed, holm_smallest_blocks(outside ? row->rows : 1, row->alpha));
	return needed > row->blocks && needed <= SETTLE_MAX ? (unsigned int)needed : 0;
}
