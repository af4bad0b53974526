/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "run.h"
#include "run-trace.h"

/* What the kernel said of its memory in a load that held areas ("memory" records, docs/memory.md). */

/* When it was asked: the areas were not there yet, all there, freed, and the caches were dropped. */
enum run_moment { RUN_BEFORE, RUN_HELD, RUN_FREED, RUN_DROPPED, RUN_MOMENTS };

struct run_total {
	char *name;		/* of a line of /proc/meminfo, "Percpu" */
	gint64 kib[RUN_MOMENTS];
};

struct run_cache {
	char *name;		/* of a line of /proc/slabinfo, "vmap_area" */
	gint64 object_bytes;
	gint64 slab_objects;	/* that fit into one slab */
	gint64 slab_pages;
	gint64 active[RUN_MOMENTS];	/* objects in use, or kept by a CPU for the next allocation */
	gint64 slabs[RUN_MOMENTS];
};

struct run_memory {
	struct run_at at;
	enum run_probe probe;	/* RUN_PROBE_NONE in a timed boot */
	unsigned int areas;
	unsigned int page_bytes;
	GPtrArray *totals;	/* struct run_total * */
	GPtrArray *caches;	/* struct run_cache *: those of which anything changed */
};

/*
 * The record of the first load of @cell in @boot, a timed one; NULL: there is none. Later loads of a boot find
 * page tables and slabs that the first has left. Borrowed.
 */
const struct run_memory *run_find_memory(const struct run *r, const char *boot, const char *cell);

/* Of @m; NULL: it has none of that name. Borrowed. */
const struct run_total *run_memory_total(const struct run_memory *m, const char *name);
