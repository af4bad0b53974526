// SPDX-License-Identifier: GPL-2.0-only
#include "shift.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "array.h"
#include "exact.h"

/* The estimate, and the interval that leaves out as many of @points at each end as @pmf's tails allow. */
static struct shift shift_from_points(const double *points, size_t count, const struct exact_pmf *pmf,
				      double level)
{
	double *sorted = array_sorted(points, count);
	struct shift s = { .estimate = NAN, .low = -INFINITY, .high = INFINITY };
	size_t cut = exact_tail(pmf, level, &s.level);

	if (count > 0)
		s.estimate = gsl_stats_median_from_sorted_data(sorted, 1, count);
	if (cut > 0) {
		s.low = sorted[cut - 1];
		s.high = sorted[count - cut];
	}
	free(sorted);
	return s;
}

double shift_paired_p(const double *values, size_t count)
{
	double *sizes = array_new(count), *signs = array_new(count);
	struct exact_pmf pmf;
	unsigned int *ranks;
	size_t n = 0, positive = 0;
	double p;

	for (size_t i = 0; i < count; i++) {
		if (values[i] == 0)
			continue;
		signs[n] = values[i];
		sizes[n++] = fabs(values[i]);
	}
	ranks = array_ranks_doubled(sizes, n);
	for (size_t i = 0; i < n; i++)
		positive += signs[i] > 0 ? ranks[i] : 0;
	exact_signs(ranks, n, &pmf);
	p = exact_two_sided(&pmf, positive);
	exact_release(&pmf);
	free(ranks);
	free(signs);
	free(sizes);
	return p;
}

struct shift shift_paired(const double *values, size_t count, double level)
{
	size_t pairs = count * (count + 1) / 2, k = 0;
	double *walsh = array_new(pairs);
	unsigned int *ranks = array_first(count);
	struct exact_pmf pmf;
	struct shift s;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = i; j < count; j++)
			walsh[k++] = (values[i] + values[j]) / 2;
	}
	exact_signs(ranks, count, &pmf);
	s = shift_from_points(walsh, pairs, &pmf, level);
	exact_release(&pmf);
	free(ranks);
	free(walsh);
	return s;
}

static bool has_ties(const unsigned int *ranks, size_t count)
{
	size_t squares = 0, without = 0;

	/* Sharing a mean leaves the sum as it is and lowers the sum of squares. */
	for (size_t i = 0; i < count; i++) {
		squares += (size_t)ranks[i] * ranks[i];
		without += 4 * (i + 1) * (i + 1);
	}
	return squares != without;
}

double shift_unpaired_p(const double *a, size_t a_count, const double *b, size_t b_count)
{
	size_t count = a_count + b_count, sum = 0;
	double *all = array_new(count);
	struct exact_pmf pmf;
	unsigned int *ranks;
	double p;

	for (size_t i = 0; i < count; i++)
		all[i] = i < a_count ? a[i] : b[i - a_count];
	ranks = array_ranks_doubled(all, count);
	for (size_t i = 0; i < a_count; i++)
		sum += ranks[i];
	if (has_ties(ranks, count)) {
		exact_subsets(ranks, count, a_count, &pmf);
	} else {
		exact_mann_whitney(a_count, b_count, &pmf);
		sum = sum / 2 - a_count * (a_count + 1) / 2;
	}
	p = exact_two_sided(&pmf, sum);
	exact_release(&pmf);
	free(ranks);
	free(all);
	return p;
}

struct shift shift_unpaired(const double *a, size_t a_count, const double *b, size_t b_count, double level)
{
	size_t pairs = a_count * b_count;
	double *differences = array_new(pairs);
	struct exact_pmf pmf;
	struct shift s;

	for (size_t i = 0; i < pairs; i++)
		differences[i] = a[i / b_count] - b[i % b_count];
	exact_mann_whitney(a_count, b_count, &pmf);
	s = shift_from_points(differences, pairs, &pmf, level);
	exact_release(&pmf);
	free(differences);
	return s;
}
