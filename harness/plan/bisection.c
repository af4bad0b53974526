// SPDX-License-Identifier: GPL-2.0-only
#include "bisection.h"

#include <math.h>

struct bisection *bisection_new(unsigned int patches, struct bisection_contrast ends)
{
	struct bisection *b = g_new0(struct bisection, 1);

	b->patches = patches;
	b->bad = patches;
	b->ends = ends;
	b->steps = g_array_new(FALSE, FALSE, sizeof(struct bisection_step));
	return b;
}

void bisection_free(struct bisection *b)
{
	if (!b)
		return;
	g_array_unref(b->steps);
	g_free(b);
}

static bool is_skipped(const struct bisection *b, unsigned int kernel)
{
	for (guint i = 0; i < b->steps->len; i++) {
		const struct bisection_step *step = &g_array_index(b->steps, struct bisection_step, i);

		if (step->kernel == kernel && step->outcome == BISECTION_SKIPPED)
			return true;
	}
	return false;
}

static bool can_be_next(const struct bisection *b, gint64 kernel)
{
	return kernel > b->good && kernel < b->bad && !is_skipped(b, kernel);
}

/*
 * The nearest to the middle. What was skipped is no matter of chance: with it the comparisons that there can be
 * are fewer, and still known beforehand.
 */
bool bisection_next(const struct bisection *b, unsigned int *ret_kernel)
{
	gint64 middle = b->good + (b->bad - b->good) / 2;

	for (gint64 away = 0; !b->stuck && away <= b->bad - b->good; away++) {
		for (int side = -1; side <= 1; side += 2) {
			if (!can_be_next(b, middle + side * away))
				continue;
			*ret_kernel = middle + side * away;
			return true;
		}
	}
	return false;
}

static void add_step(struct bisection *b, unsigned int kernel, struct bisection_contrast from_good,
		     struct bisection_contrast to_bad, enum bisection_outcome outcome)
{
	const struct bisection_step step = { b->good, kernel, b->bad, from_good, to_bad, outcome };

	g_array_append_val(b->steps, step);
}

void bisection_skip(struct bisection *b, unsigned int kernel)
{
	const struct bisection_contrast none = { NAN, NAN, false };

	add_step(b, kernel, none, none, BISECTION_SKIPPED);
}

void bisection_decide(struct bisection *b, unsigned int kernel, struct bisection_contrast from_good,
		      struct bisection_contrast to_bad)
{
	bool before = from_good.differs, behind = to_bad.differs;
	bool both = before && behind;

	add_step(b, kernel, from_good, to_bad,
		 both	? BISECTION_BOTH :
		 before ? BISECTION_BEFORE :
		 behind ? BISECTION_BEHIND :
			  BISECTION_NEITHER);
	if (both)
		before = fabs(from_good.effect) >= fabs(to_bad.effect);
	if (before)
		b->bad = kernel;
	else if (behind)
		b->good = kernel;
	else
		b->stuck = true;
}

const char *bisection_outcome_name(enum bisection_outcome outcome)
{
	static const char *const names[] = {
		[BISECTION_SKIPPED] = "skipped", [BISECTION_BEFORE] = "before",	  [BISECTION_BEHIND] = "behind",
		[BISECTION_BOTH] = "both",	 [BISECTION_NEITHER] = "neither",
	};

	return names[outcome];
}

unsigned int bisection_longest(unsigned int patches)
{
	unsigned int halvings = 0;

	while (1U << halvings < patches)
		halvings++;
	return 1 + 2 * halvings;
}

unsigned int bisection_comparisons(unsigned int patches)
{
	return 1 + 2 * (patches - 1);
}
