/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "comparison.h"
#include "memory.h"

/*
 * A series patch by patch (docs/series.md): what the first N patches gain over the base, which is the
 * comparison's business, and what each gains over the kernel before it.
 */
struct staircase_step {
	const struct comparison_arm *arm;
	const struct plan_patch *patch;		/* the last one that its kernel has; NULL: the base */
	const struct comparison_arm *previous;	/* the nearest kernel before it that did not fail; NULL: none */
	struct contrast *rows;			/* over @previous, one per cell; all "missing" for the base */
	struct memory memory;
};

typedef struct staircase {
	const struct comparison *comparison;	/* borrowed; must live as long */
	struct staircase_step *steps;		/* the base first */
	guint count;
} staircase;

/*
 * NULL when the run is not one of a series. Rows are judged as the comparison's are: timed ones as a family of
 * their own, counted ones by the gate between two images (comparison_counted_gate_between()).
 */
struct staircase *staircase_new(const struct comparison *c);
void staircase_free(struct staircase *s);

/* "3 mm/vmalloc: ...", or the base's name. Caller frees. */
char *staircase_step_name(const struct staircase_step *step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(staircase, staircase_free)
