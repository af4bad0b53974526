/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdio.h>

#include "journal/attach-run.h"
#include "render/table.h"

/*
 * Two runs of `vmapbench attach` side by side: all that was counted in each, and no verdict, as nothing was
 * repeated (docs/statistics.md).
 */
struct attach_row {
	enum table_part part;		/* TABLE_LATENCY or TABLE_LOCKS */
	char *name;			/* of the function or lock */
	char *figure;			/* "p99 ns", "waits per second", "find_vmap_area %" */
	double before, after;		/* NaN: not measured, or too few for this figure */
};

typedef struct attach_comparison {
	const struct attach_run *before, *after;	/* borrowed; must live as long */
	GPtrArray *rows;		/* struct attach_row *, those of a name together */
	GPtrArray *differences;		/* char *: what differs between the manifests */
	char *refused[TABLE_ALL];	/* of that part: why nothing is compared, a sentence, or NULL */
} attach_comparison;

/* @each_lock: vn[0].busy, vn[1].busy, ... apart, as in locks_new(). */
struct attach_comparison *attach_comparison_new(const struct attach_run *before, const struct attach_run *after,
						bool each_lock);
void attach_comparison_free(struct attach_comparison *c);

/* What the tracer of @r says of its @collector: "backend", "measures". NULL when it had none. Borrowed. */
const json_t *attach_comparison_collector(const struct attach_run *r, const char *collector);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(attach_comparison, attach_comparison_free)
