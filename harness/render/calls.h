/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/comparison.h"
#include "stats/histogram.h"

/*
 * Calls that loads timed themselves (`latency` of a cell), and beside them what the latency collector saw of
 * the function inside of each: two witnesses of the same calls. All loads of all complete boots together,
 * without a verdict.
 */
struct calls_line {
	char *of;		/* "timed boots", "probe off", "find_vmap_area by fentry" */
	bool inside;		/* by the collector, of the function inside of the call */
	struct histogram all;
};

struct calls_row {
	guint cell;		/* of comparison.cells */
	unsigned int arm;
	const char *call;	/* borrowed from the run */
	GPtrArray *lines;	/* struct calls_line *, none empty */
};

struct calls {
	const struct comparison *comparison;	/* borrowed; must live as long */
	GPtrArray *rows;	/* struct calls_row *: cells in the plan's order, then calls, then arms */
};

/* Empty when no load timed its calls. */
struct calls *calls_new(const struct comparison *c);
void calls_free(struct calls *c);
