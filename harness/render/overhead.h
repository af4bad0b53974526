/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/comparison.h"

/*
 * What the probes cost: the loads of the tracing pass with nothing loaded, with the tracer loaded and attached
 * to nothing (the control), and with it attached, within one boot each (docs/statistics.md).
 */
enum overhead_step {
	OVERHEAD_LOADED,	/* against nothing loaded */
	OVERHEAD_ATTACHED,	/* against loaded */
	OVERHEAD_ALL,		/* attached against nothing loaded */
	OVERHEAD_STEPS,
};

/* "loaded against off", ... */
const char *overhead_step_name(enum overhead_step step);

/* One arm under one cell. */
struct overhead_side {
	struct series before[OVERHEAD_STEPS], after[OVERHEAD_STEPS];	/* the loads' figures, per boot */
	/*
	 * ln(after / before), so that contrast_gain_pct() is the cost in percent; paired by boot, not judged.
	 */
	struct contrast costs[OVERHEAD_STEPS];
};

typedef struct overhead {
	const struct comparison *comparison;	/* borrowed; must live as long */
	struct overhead_side *sides;		/* arm * cells + cell */
	bool known;				/* some side has a cost */
} overhead;

struct overhead *overhead_new(const struct comparison *c);
void overhead_free(struct overhead *o);

const struct overhead_side *overhead_side(const struct overhead *o, unsigned int arm, guint cell);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(overhead, overhead_free)
