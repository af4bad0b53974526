/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "journal/run-memory.h"
#include "render/comparison.h"
#include "render/series.h"

/*
 * What a vmap area costs, beside its pages, by what the kernel said of its memory in loads of memory_load
 * (docs/memory.md): bytes per area, of each boot's first load, then the median over boots.
 */
enum live_kind {
	LIVE_CACHE,		/* whole slabs of one cache */
	LIVE_PERCPU,
	LIVE_PAGE_TABLES,
	LIVE_TOTAL,		/* all slabs, per-CPU memory and page tables */
};

/* By how much there is more than before the areas were made, in bytes for each of them. */
struct live_side {
	struct series moments[RUN_MOMENTS];	/* that of RUN_BEFORE is empty */
};

struct live_figure {
	enum live_kind kind;
	char *name;			/* of the cache; "percpu", "page tables", "total" */
	struct live_side *sides;	/* one for each arm */
};

struct live_cell {
	guint cell;			/* of comparison.cells */
	unsigned int areas;
	GPtrArray *figures;		/* struct live_figure *: caches, the largest first, then the rest */
};

typedef struct live_memory {
	const struct comparison *comparison;	/* borrowed; must live as long */
	GPtrArray *cells;		/* struct live_cell *, those that any boot has a record of */
} live_memory;

struct live_memory *live_memory_new(const struct comparison *c);
void live_memory_free(struct live_memory *m);

/*
 * How far apart the boots of the baseline's kernel are, the A/A arm's among them: a difference that is no
 * larger shows nothing. NaN with fewer than two boots.
 */
double live_memory_floor(const struct live_memory *m, const struct live_figure *figure, enum run_moment moment);

/*
 * Whether @figure is shown by itself: any that is no cache, a cache of 1 byte or more for each area in some
 * arm, and of less what areas are looked up and described by.
 */
bool live_memory_is_named(const struct live_memory *m, const struct live_figure *figure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(live_memory, live_memory_free)
