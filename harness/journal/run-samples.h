/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "run-trace.h"

/*
 * Where the CPUs were while the loads of a run were under way (docs/journal.md): samples, each with the
 * function that was running and its callers.
 */
struct run_stack {
	guint64 count;
	guint first, frames; /* of run_samples.frames: the oldest caller first, the running function last */
};

/* Of one load. */
struct run_samples {
	struct run_at at;
	char *event; /* "cycles", "cpu-clock" */
	guint64 samples; /* the sum of the stacks' counts */
	guint64 lost; /* samples that were taken and found no room */
	guint64 throttled; /* how often the kernel held samples back */
	GPtrArray *names; /* char *: printable ASCII without blanks and semicolons */
	GArray *frames; /* guint16, of names */
	GArray *stacks; /* struct run_stack */
};

/* Whether the timed loads of @r were sampled; *ret_hz (may be NULL) is how often a second on each CPU. */
bool run_is_sampled(const struct run *r, unsigned int *ret_hz);

/* NULL when that load has none. Borrowed. */
const struct run_samples *run_find_samples(const struct run *r, const struct run_load *load);

/* The @i-th name of @stack, the oldest caller's being 0. Borrowed. */
const char *run_samples_name(const struct run_samples *s, const struct run_stack *stack, guint i);
