/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/comparison.h"

/*
 * The locks of a run's tracing pass: who waited for what, per load (docs/statistics.md). The loads of a cell do
 * the same work in every arm, so that waits per load can be set side by side.
 */
struct locks_caller {
	const char *site;	/* borrowed from the run */
	guint64 samples;
	guint64 waits;
	guint64 wait_ns;
};

/* One arm under one cell and lock, or group of locks. */
struct locks_side {
	struct series waits;		/* per load; a boot in which nobody waited has 0 */
	struct series wait_us;		/* per load, of all waiters together */
	struct series max_us;
	guint64 all_waits, lost;	/* of all loads of all boots */
	GArray *callers; /* struct locks_caller of all boots, the one with the most waits first */
};

struct locks_row {
	guint cell;			/* of comparison.cells */
	const char *lock;		/* "vn[*].busy", "vn[3].busy"; owned by struct locks */
	struct locks_side *sides;	/* one for each arm of the comparison */
};

typedef struct locks {
	const struct comparison *comparison;	/* borrowed; must live as long */
	GPtrArray *rows;		/* struct locks_row * */
	GStringChunk *names;
	char **refused;			/* for each arm why it is not compared, a sentence, or NULL */
	char *no_times;			/* why times are left out, a sentence, or NULL */
} locks;

/* @each: vn[0].busy, vn[1].busy, ... are rows of their own; otherwise they are one, vn[*].busy. */
struct locks *locks_new(const struct comparison *c, bool each);
void locks_free(struct locks *l);

/* The share of @site in the waits of @side of which the caller is known, in percent; NaN when none is. */
double locks_caller_pct(const struct locks_side *side, const char *site);

/* True when the shares of @side are estimates: only a sample of its waits has a caller. */
bool locks_is_sampled(const struct locks_side *side);

/* "vn[3].busy" as "vn[*].busy"; any other name as it is. Caller frees. */
char *locks_group_name(const char *lock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(locks, locks_free)
