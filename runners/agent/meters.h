/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runners/wire.h"

/*
 * What the kernel says of its own memory: /proc/meminfo and /proc/slabinfo, read at the moments of a load that
 * holds areas (docs/memory.md).
 */

#define METERS_MEMINFO_PATH "/proc/meminfo"
#define METERS_SLABINFO_PATH "/proc/slabinfo"

/* A name longer than any; what has a longer one, or more than RECORD_CACHES_MAX caches, is refused. */
#define METERS_NAME_MAX 48

/* The lines of /proc/meminfo that count here. */
enum meters_total {
	METERS_MEM_FREE,
	METERS_SLAB,
	METERS_SLAB_RECLAIMABLE,
	METERS_SLAB_UNRECLAIMABLE,
	METERS_VMALLOC_USED,
	METERS_VMALLOC_CHUNK,
	METERS_PERCPU,
	METERS_PAGE_TABLES,
	METERS_TOTALS
};

struct meters_cache {
	char name[METERS_NAME_MAX];
	uint64_t object_bytes;
	uint64_t slab_objects;	/* that fit into one slab */
	uint64_t slab_pages;
	uint64_t active;	/* objects in use, or kept by a CPU for the next allocation */
	uint64_t slabs;
};

/* One reading. */
struct meters {
	uint64_t totals_kib[METERS_TOTALS];
	bool known[METERS_TOTALS];	/* the kernel has such a line */
	struct meters_cache caches[RECORD_CACHES_MAX];
	uint32_t caches_count;
};

enum meters_moment { METERS_BEFORE, METERS_HELD, METERS_FREED, METERS_DROPPED, METERS_MOMENTS };

/* Takes a line "Slab:   1234 kB"; false when it is none of those above, or not as it must be. Pure. */
bool meters_take_total(struct meters *m, const char *line);

/*
 * Takes a line of a cache, of version 2.1; false when it is none, has no room, or does not hang together. Pure.
 */
bool meters_take_cache(struct meters *m, const char *line);

/* Both files. False with a sentence in @why, of @size bytes. */
bool meters_read(struct meters *m, char *why, size_t size);

/* Whether what all slabs and areas take is the same: nothing was on its way between the two. Pure. */
bool meters_are_same(const struct meters *a, const struct meters *b);

/*
 * The record "memory" of runners/wire.h, without its load, of the readings at all METERS_MOMENTS: the totals,
 * and each cache of which anything changed. The caller's. Pure.
 */
json_t *meters_record(const struct meters *moments, uint32_t areas, uint32_t page_bytes);
