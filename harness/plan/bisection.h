/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Which kernel of a series to measure next, so that the patch is found that changed a test (docs/series.md).
 * Kernel 0 is the base, kernel N has the first N patches. Nothing here measures or judges: whoever does tells
 * what it found.
 *
 * All that is claimed in the end is that the kernels on both sides of the patches that are left differ. Each
 * step moves a side only to a kernel that was found to differ from the other one, so that a claim is false only
 * when one comparison found a difference that is none. Which comparisons there can be at all is known before
 * the first: kernel N halves one range and no other. Each judged at ALPHA / bisection_comparisons(), all of
 * them together are wrong with a probability of at most ALPHA, whatever way was taken and whatever they have in
 * common.
 */

/* One kernel against another. */
struct bisection_contrast {
	double effect;			/* of the later against the earlier: ln(t(earlier) / t(later)) */
	double limit;			/* counted: the gate; timed: its p. NaN: not known */
	bool differs;			/* judged at its share of the budget */
};

enum bisection_outcome {
	BISECTION_SKIPPED,		/* no kernel, or one that failed */
	BISECTION_BEFORE,		/* the change is before this kernel */
	BISECTION_BEHIND,
	BISECTION_BOTH,			/* there is more than one: the larger is followed */
	BISECTION_NEITHER,		/* neither half can be told from nothing */
};

struct bisection_step {
	unsigned int good, kernel, bad;	/* that it was set between */
	struct bisection_contrast from_good, to_bad;	/* unless it was skipped */
	enum bisection_outcome outcome;
};

typedef struct bisection {
	unsigned int patches;
	unsigned int good, bad;		/* the patches good + 1 to bad cannot be told apart yet */
	struct bisection_contrast ends;	/* base and all patches, which have to differ */
	GArray *steps;			/* struct bisection_step */
	bool stuck;			/* the last one was BISECTION_NEITHER */
} bisection;

/* Of that many patches, 1 or more. @ends: what was found between the base and all of them; differs. */
struct bisection *bisection_new(unsigned int patches, struct bisection_contrast ends);
void bisection_free(struct bisection *b);

/* The kernel to be measured against b->good and b->bad. False when nothing more can be found out. */
bool bisection_next(const struct bisection *b, unsigned int *ret_kernel);

/* What became of it. */
void bisection_skip(struct bisection *b, unsigned int kernel);
void bisection_decide(struct bisection *b, unsigned int kernel, struct bisection_contrast from_good,
		      struct bisection_contrast to_bad);

/* "skipped", "before", ...; static. */
const char *bisection_outcome_name(enum bisection_outcome outcome);

/*
 * How many comparisons a bisection of so many patches makes at the most when no kernel is skipped, and how many
 * it may choose among.
 */
unsigned int bisection_longest(unsigned int patches);
unsigned int bisection_comparisons(unsigned int patches);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(bisection, bisection_free)
