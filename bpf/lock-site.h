/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/locate.h"
#include "bpf/lock.h"
#include "bpf/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Names for locks whose place is not known, from who waits for them: a function takes few locks, and a lock is
 * one that all of those take that wait for it. Those of vmap nodes are told apart by their addresses besides.
 */
#define NAMED_BY_SITE	"site"

/* Longest name of a lock, its end included. */
#define LOCK_NAME	64

/* The locks of ours, a bit each: those of enum lock_static, then the classes of enum lock_class. */
typedef unsigned int lock_set;
#define LOCK_OF_NODES(class)	(1U << (LOCK_STATICS + (class)))

/* A lock that our functions were seen to wait for. */
struct lock_seen {
	uint64_t address;
	unsigned int number;	/* lock.h */
	lock_set candidates;	/* lock_site_candidates() of all who waited, with & */
	const char *site;	/* one of them */
	char name[LOCK_NAME];	/* empty: it has none yet. It never changes: records are told apart by it */
};

/* Of the kernel's locks those of which @where does not tell the place. */
lock_set lock_site_missing(const struct locate *where);

/* What @function may wait for; 0: nothing of ours. */
lock_set lock_site_candidates(const char *function);

/* The same name, for good; NULL when it may not wait for any of ours. */
const char *lock_site_function(const char *function);

/*
 * Tells the programs of what is missing, and of the functions that take it. False when there is nothing to
 * be found this way: nothing is missing, or the addresses of functions are hidden from us.
 */
bool lock_site_tell(const struct symbols *symbols, const struct locate *where, struct lock_places *places);

/*
 * Names those of @seen that have no name. Pure. @text is the address of the kernel's text. There are as
 * many nodes as @cpus that may exist, LOCK_NODES at most, in one allocation of whole pages, which is
 * aligned to its size: vmap_init_nodes() of mm/vmalloc.c. When all locks that were seen fit that, they are
 * named as elsewhere; else, and where candidates are left, by who waits: "lock of alloc_vmap_area".
 */
void lock_site_name(struct lock_seen *seen, size_t count, const struct locate *where, uint64_t text,
		    unsigned int cpus);

/* Of lock @index, as lock.h numbers those whose place is known: "free_vmap_area_lock", "vn[3].busy". */
void lock_name(unsigned int index, char name[LOCK_NAME]);
