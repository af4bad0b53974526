/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runners/agent/kmsg.h"
#include "runners/agent/request.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a load does not count, as it is answered. */
#define WORKLOAD_WHY_MAX 1000

/*
 * What a load runs, inside the one frame of load.c: a run of a module (insertion.c), of system calls
 * (storm-load.c), the loading of a module over and over (cycle-load.c), or what areas cost (memory-load.c).
 * Each function that fails leaves a sentence in @why, of WORKLOAD_WHY_MAX bytes. One load at a time.
 */
struct workload {
	/* Takes what the load needs. NULL when it cannot run: then there is nothing to end(). */
	void *(*begin)(const struct request *rq, char *why);
	/* False when it cannot be started; it needs no join() then. */
	bool (*start)(void *state, char *why);
	/* Between start() and join(): readable when it is done. */
	int (*fd)(const void *state);
	/* Each record of the log, from the first mark to the second; may be NULL. */
	void (*line)(void *state, const struct kmsg_record *record);
	void (*join)(void *state);
	/*
	 * What is wrong with the kernel that it does not say in its log, as the text of a report of kind
	 * "leak"; NULL: nothing. After join(); may be NULL.
	 */
	const char *(*leak)(const void *state);
	/* Whether it counts; only then @workers_us, of as many as the request says, and @wall_us are set. */
	bool (*check)(const void *state, const uint64_t **workers_us, uint64_t *wall_us, char *why);
	/* What it says beside its times: an array of records, the caller's, or NULL; may be NULL. */
	json_t *(*records)(const void *state);
	void (*end)(void *state);
};

extern const struct workload insertion_workload;
extern const struct workload storm_workload;
extern const struct workload cycle_workload;
extern const struct workload memory_workload;
