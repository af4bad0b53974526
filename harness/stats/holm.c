// SPDX-License-Identifier: GPL-2.0-only
#include "holm.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#include "array.h"

struct member {
	double p;
	size_t place;
};

/* NaN last: it takes part as a p of infinity would. */
static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (isnan(x->p) || isnan(y->p))
		return !!isnan(x->p) - !!isnan(y->p);
	return (x->p > y->p) - (x->p < y->p);
}

void holm_adjust(const double *p, size_t count, double *ret_adjusted)
{
	struct member *members = calloc(count ? count : 1, sizeof(*members));
	double so_far = 0;

	if (!members)
		abort();
	for (size_t i = 0; i < count; i++)
		members[i] = (struct member){ p[i], i };
	qsort(members, count, sizeof(*members), compare_members);
	for (size_t i = 0; i < count; i++) {
		if (!isnan(members[i].p))
			so_far = GSL_MAX(so_far, GSL_MIN(1, (count - i) * members[i].p));
		ret_adjusted[members[i].place] = isnan(members[i].p) ? NAN : so_far;
	}
	free(members);
}

unsigned int holm_smallest_blocks(size_t rows, double alpha)
{
	unsigned int n = 1;

	for (double least = 1; least * rows > alpha; n++)
		least /= 2;
	return n;
}

unsigned int holm_smallest_boots(size_t rows, double alpha)
{
	unsigned int n = 1;

	/* From n to n + 1 the binomial grows by (2n + 1)(2n + 2) / (n + 1)^2. */
	for (double least = 1; least * rows > alpha; n++)
		least *= (n + 1.0) / (2 * (2 * n + 1.0));
	return n;
}
