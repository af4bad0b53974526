/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "samples.h"

/*
 * What part of the busy samples of an arm and of the baseline fell on something, in percent: means over the
 * boots of the blocks that both have, without such blocks over all boots of each.
 */
struct samples_difference {
	double baseline, candidate;
	double difference; /* candidate - baseline, in percentage points */
	double within; /* +-, 95 %: of what boots differ by, not below what counting does; NaN: of one block */
};

/* One function of an arm against the baseline. */
struct samples_row {
	const struct samples_function *function;
	struct samples_difference self;
	double baseline_total, candidate_total; /* as in self, with what it calls */
};

/* The larger of the two shares. */
static inline double samples_row_share(const struct samples_row *row)
{
	return row->self.baseline > row->self.candidate ? row->self.baseline : row->self.candidate;
}

/*
 * Array of struct samples_row: the functions of @cell, of which both sides are known, those with the larger
 * share in either first. Caller frees.
 */
GArray *samples_rows(const struct samples *s, const struct samples_cell *cell, unsigned int arm);

/*
 * The same of anything: @base_counts and @own_counts (guint64) are how many samples of each boot of the two
 * sides fell on it, where those at the end may be missing.
 */
struct samples_difference samples_rows_compare(const struct samples *s, const struct samples_cell *cell,
					       unsigned int arm, const GArray *base_counts,
					       const GArray *own_counts);

/* How many blocks of @cell both @arm and the baseline have. */
guint samples_rows_blocks(const struct samples *s, const struct samples_cell *cell, unsigned int arm);
