/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/hist.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What our own module tells the kernel's log about the calls that it timed (kernels/module/latency.c):
 *   Latency: NAME count: %llu sum_ns: %llu max_ns: %llu
 *   Buckets: NAME %llu:%llu ...
 * with the lower bound of each bucket of bpf/hist.h and what is in it, ascending, on as many lines as it takes.
 */
enum call_kind { CALL_VMALLOC, CALL_VFREE, CALL_LOOKUP, CALL_KINDS };

struct call {
	bool seen;
	uint64_t count;
	uint64_t sum_ns;
	uint64_t max_ns;
	uint64_t counted;	/* in the buckets so far */
	unsigned int next;	/* the first bucket that can still come */
	uint64_t buckets[HIST_BUCKETS];
};

/* All lines of a load. */
struct calls {
	struct call kinds[CALL_KINDS];
	bool broken;		/* some line was not as it must be */
};

/* Takes one line of the log; false when it is none of these. Pure. */
bool calls_feed(struct calls *calls, const char *text, size_t length);

/* True when all add up, also when there are none. Otherwise @why (of @size bytes) says what does not. */
bool calls_check(const struct calls *calls, char *why, size_t size);

/* A record of kind "calls" for each call that was seen (runners/wire.h), without its load. The caller's. */
json_t *calls_records(const struct calls *calls);
