/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Loads on mm/vmalloc that need no test module: system calls behind which the kernel allocates vmap areas.
 * Plain C and system calls, for the program on a live system and for the agent of a guest (docs/load.md).
 */

/* What an operation holds between its two halves. */
struct storm_slot {
	int fd;			/* -1: none */
	int child;
	bool full;
	void *memory;
	size_t memory_bytes;
};

/* What an errno of a kind means to a person. */
struct storm_reason {
	int error;		/* 0 ends a list */
	const char *text;	/* a sentence without its full stop */
};

struct storm_kind {
	const char *name;	/* of --kind */
	const char *test;	/* of a plan's cell */
	const char *summary;	/* one line */
	const char *needs;	/* privilege */
	/*
	 * alloc_vmap_area events of one operation, made by the thread that runs it. Without @exact a few more
	 * or fewer: docs/load.md says why.
	 */
	unsigned int areas;
	bool exact;
	/* Data pages of an operation: limits and default; all 0 where the kernel alone decides. */
	uint32_t pages_min, pages_max, pages_default;
	bool pages_power_of_two;
	uint32_t pages_overhead;	/* memory of an operation beyond its data, estimated from above */
	uint32_t live_default;
	/* For storm.c. Each returns false with errno; prepare may be NULL, release never fails. */
	bool (*prepare)(struct storm_slot *slot, uint32_t pages);
	bool (*make)(struct storm_slot *slot, uint32_t pages);
	bool (*drop)(struct storm_slot *slot);
	void (*release)(struct storm_slot *slot);
	const struct storm_reason *reasons;
};

/* The next kind behind @kind, the first one behind NULL; NULL at the end. */
const struct storm_kind *storm_next(const struct storm_kind *kind);

/* By the name of --kind, and by that of a plan's test. NULL when there is none. */
const struct storm_kind *storm_find(const char *name);
const struct storm_kind *storm_find_test(const char *test);

#define STORM_THREADS_MAX 256
#define STORM_LIVE_MAX 65536
#define STORM_MEMORY_MIB 64
#define STORM_MEMORY_MIB_MAX 65536

/* 0 in @pages, @live and @memory_mib stands for the default. storm_check() fills them in. */
struct storm_options {
	const struct storm_kind *kind;
	uint32_t threads;
	uint64_t ops;		/* of all threads together, divided among them; 0: until storm_stop() */
	uint32_t pages;
	uint32_t live;		/* areas that a thread holds: an operation drops that of @live ago */
	uint64_t rate;		/* operations a second, of all threads together; 0: no limit */
	/*
	 * The load holds its breath while the kernel has more memory than this beyond what it had at the start:
	 * what was freed comes back only after a grace period or by a work item. It does not begin where twice
	 * as much is not available.
	 */
	uint32_t memory_mib;
};

/* False, with a sentence in @why (of @size bytes), when a number is out of range for its kind. */
bool storm_check(struct storm_options *options, char *why, size_t size);

/*
 * Reads the words of a request, "ops=1000 pages=4 live=64 memory_mib=64", into @options and leaves what is not
 * named. False with a sentence in @why.
 */
bool storm_parse(const char *words, struct storm_options *options, char *why, size_t size);

/*
 * Starts the threads, of options that were checked. NULL with a sentence in @why, then nothing was left behind.
 * Their name is "vmap-storm"; they receive no signals.
 */
struct storm *storm_start(const struct storm_options *options, char *why, size_t size);

/* Becomes readable (end of file) when all threads are done; the storm's own. */
int storm_fd(const struct storm *storm);

/* Operations done so far. */
uint64_t storm_done(const struct storm *storm);

/* Asks the threads to end after the operation that they are at. Any thread may call it. */
void storm_stop(struct storm *storm);

struct storm_worker_result {
	uint64_t ops;
	uint64_t wall_ns;	/* from its first operation until everything was dropped */
	uint64_t held_ns;	/* of that, spent on waiting for memory to come back */
	uint64_t paced_ns;	/* of that, spent on waiting for its turn (rate) */
};

struct storm_result {
	uint64_t ops;
	uint64_t wall_ns;	/* from the first operation of the first thread to the end of the last */
	int64_t growth_kib;	/* how much more memory the kernel holds than at the start; negative: less */
	bool ok;
	char why[400];		/* not @ok: which call failed, and what to do */
};

/*
 * Waits for the threads, and up to 2 s until the kernel has given back what it took. @workers, of as many as
 * threads, may be NULL. Frees @storm.
 */
void storm_finish(struct storm *storm, struct storm_result *result, struct storm_worker_result *workers);

/* Runs one operation of @kind. False with a sentence in @why when it cannot run here. */
bool storm_try(const struct storm_kind *kind, char *why, size_t size);
