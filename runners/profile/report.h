/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct follower;
struct counters;
struct symbols;

/*
 * What the profiler writes: a line of JSON for each load (docs/journal.md, `profile`), flushed before the guest
 * goes on behind the load's end. The rest is borrowed and must live as long.
 */
struct report {
	FILE *file;
	const struct symbols *symbols;
	const struct counters *counters;
	struct follower *follower;
	const char *const *watched;
	uint64_t *begin;		/* the counters at the begin mark */
	uint64_t *first, *last;		/* when a module read the clock first, and when last */
	bool open;			/* between the marks */
	unsigned int clocks;		/* how often a module read the clock since the begin mark */
};

/* @watched is NULL-ended, in the order of @follower. False with errno. */
bool report_open(struct report *r, const char *path, const struct symbols *symbols,
		 const struct counters *counters, struct follower *follower, const char *const *watched);

/* A mark of the agent: begin and end alternate. */
void report_mark(struct report *r);

/* A module reads the clock. */
void report_clock(struct report *r);
