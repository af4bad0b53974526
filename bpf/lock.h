/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The locks of mm/vmalloc, as the BPF programs of the lock collector number them: first those that are
 * variables, then those of each vmap node. Shared with the programs.
 */
enum lock_static {
	LOCK_FREE,		/* free_vmap_area_lock */
	LOCK_PURGE,		/* vmap_purge_lock, a mutex */
	LOCK_AREAS,		/* vmap_area_lock, before vmap nodes */
	LOCK_PURGE_AREAS,	/* purge_vmap_area_lock, before vmap nodes */
	LOCK_STATICS
};

enum lock_class {
	LOCK_POOL,
	LOCK_BUSY,
	LOCK_LAZY,
	LOCK_CLASSES
};

/* As many as the kernel makes: vmap_init_nodes() of mm/vmalloc.c. */
#define LOCK_NODES	128
#define LOCK_NR		(LOCK_STATICS + LOCK_NODES * LOCK_CLASSES)

/* Those without a known place, told by who waits for them, are numbered behind, as they come. */
#define LOCK_ALL	(2 * LOCK_NR)

enum lock_kind {
	LOCK_SPINS = 1,
	LOCK_SLEEPS = 2,	/* a mutex */
};

/* A function that takes locks of ours, of these kinds; or, of none, one that lies between it and the wait. */
struct lock_range {
	unsigned long long begin, bytes;
	unsigned int kinds;
};

#define LOCK_RANGES	64
#define LOCK_VERDICT_BITS 12

/* Where they are, all that is in .rodata of the programs. A length of 0 is nowhere. */
struct lock_places {
	unsigned long long nodes, nodes_bytes;
	unsigned long long statics_begin, statics_bytes;	/* around all that are known */
	unsigned long long statics[LOCK_STATICS];		/* 0: not known */
	unsigned int node_size;
	unsigned int classes[LOCK_CLASSES];			/* offsets in a node */
	unsigned int by_site;			/* kinds of locks to be told by who waits for them */
	unsigned int n_ranges;
	unsigned long long text, text_bytes;	/* all of the kernel's: frames elsewhere are the tracing's */
	struct lock_range ranges[LOCK_RANGES];
};

/* One CPU's share of a lock's waits. */
struct lock_stat {
	unsigned long long waits;
	unsigned long long wait_ns;
	unsigned long long max_ns;
	unsigned long long lost;	/* waits that could not be kept, or whose end was not seen */
	unsigned long long begun;	/* tells which waits are sampled */
};

/*
 * The stack of a wait is taken for the first LOCK_FIRST waits for a lock on each CPU, then for one in LOCK_SOME
 * of those before LOCK_MANY, and then for one in LOCK_MANY. It stands for as many: unwinding costs far more
 * than everything else that is done for a wait.
 */
#define LOCK_FIRST	4
#define LOCK_SOME	16
#define LOCK_MANY	256

#define LOCK_STACK_DEPTH 16
#define LOCK_STACKS	4096
#define LOCK_CALLERS	4096

struct lock_caller_key {
	unsigned int lock;
	int stack;		/* negative: it could not be taken, or there was no room for it */
};

struct lock_caller {
	unsigned long long samples;
	unsigned long long waits;	/* those that the samples stand for */
	unsigned long long wait_ns;
};
