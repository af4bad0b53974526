// SPDX-License-Identifier: GPL-2.0-only
#include "quantile.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "array.h"

double quantile_of(const double *values, size_t count, double p)
{
	double *sorted, result;

	if (!count || !(p >= 0 && p <= 1))
		return NAN;
	for (size_t i = 0; i < count; i++) {
		if (isnan(values[i]))
			return NAN;
	}
	sorted = array_sorted(values, count);
	result = gsl_stats_quantile_from_sorted_data(sorted, 1, count, p);
	free(sorted);
	return result;
}

double quantile_median(const double *values, size_t count)
{
	return quantile_of(values, count, 0.5);
}
