/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/series.h"
#include "stats/shift.h"
#include "stats/verdict.h"

/*
 * Two series against each other: the statistics of one row of a table (docs/statistics.md), whatever its figure
 * is.
 */
#define CONTRAST_ALPHA 0.05
#define CONTRAST_LEVEL 0.95

/* Effects: ln(figure(baseline) / figure(candidate)). */
struct contrast {
	const char *missing;		/* why there is no effect, or NULL */
	bool paired;			/* by block */
	size_t blocks;			/* pairs, or the smaller number of boots */
	struct shift effect;		/* counted: low = high = estimate */
	double p, p_holm;		/* NaN in counted mode */
	double gate;			/* NaN: not known */
	enum verdict verdict;
	unsigned int settle_blocks;	/* about how many would end "cannot tell"; 0: cannot be said */
};

/* (I) or (R). */
static inline bool contrast_is_marked(const struct contrast *row)
{
	return !row->missing && (row->verdict == VERDICT_IMPROVED || row->verdict == VERDICT_REGRESSED);
}

/* 100 (figure(baseline) / figure(candidate) - 1): + is faster where the figure is a time. */
double contrast_gain_pct(double effect);

/* No effect, for the reason @missing (static; NULL: it is about to be filled in). */
void contrast_init(struct contrast *row, const char *missing);

/*
 * Estimate, interval and p. Paired by block unless more than half of the smaller series' boots would be left
 * without a partner. @gate: the smallest effect that matters; @family: how many rows are judged together.
 * Figures are > 0.
 */
void contrast_timed(struct contrast *row, const struct series *base, const struct series *candidate,
		    double gate, size_t family);

/* The same for boots that have no block in common, as those of two runs; and for images, a figure of each. */
void contrast_unpaired(struct contrast *row, const struct series *base, const struct series *candidate,
		       double gate);

/* Counts of one image do not spread: the effect of the medians. */
void contrast_counted(struct contrast *row, const struct series *base, const struct series *candidate);

/*
 * How far from the baseline an image of its own source may read, given the effects (double) of such images, the
 * baseline's own 0 left out; at least @least. NaN with none: the gate is not known.
 */
double contrast_counted_gate(const GArray *effects, double least);

/*
 * How far apart two more images of that source may read, with a probability of at most @alpha; at least @least.
 * NaN with no effects.
 */
double contrast_counted_gate_between(const GArray *effects, double least, double alpha);

/*
 * Judges a counted row; boots of one image that differ make @gate wider by as much. Nothing when it is missing.
 */
void contrast_judge_counted(struct contrast *row, double gate, const struct series *base,
			    const struct series *candidate);

/* Adjusts @count timed rows as one family and judges them. A missing row is a member that was not rejected. */
void contrast_judge_family(struct contrast *const *rows, size_t count);
