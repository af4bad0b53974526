// SPDX-License-Identifier: GPL-2.0-only
#include "array.h"

#include <gsl/gsl_sort.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		abort();
	return memory;
}

double *array_new(size_t count)
{
	return allocate(count, sizeof(double));
}

double *array_sorted(const double *values, size_t count)
{
	double *sorted = array_new(count);

	if (count)
		memcpy(sorted, values, count * sizeof(*sorted));
	gsl_sort(sorted, 1, count);
	return sorted;
}

unsigned int *array_ranks_doubled(const double *values, size_t count)
{
	unsigned int *ranks = allocate(count, sizeof(*ranks));
	size_t *order = allocate(count, sizeof(*order));
	size_t from, to;

	gsl_sort_index(order, values, 1, count);
	for (from = 0; from < count; from = to) {
		for (to = from; to < count && values[order[to]] == values[order[from]]; to++)
			;
		for (size_t i = from; i < to; i++)
			ranks[order[i]] = from + 1 + to;
	}
	free(order);
	return ranks;
}

unsigned int *array_first(size_t count)
{
	unsigned int *first = allocate(count, sizeof(*first));

	for (size_t i = 0; i < count; i++)
		first[i] = i + 1;
	return first;
}
