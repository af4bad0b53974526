/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a test module tells the kernel's log about one load. Pure. Known forms (lib/test_vmalloc.c of 4.20 to
 * 7.3, and our own module), with or without "test_vmalloc: " or "vmap_load: " before them:
 *   Summary: NAME passed: %d failed: %d repeat: %d loops: %d avg: %llu usec
 *   Summary: NAME passed: %d failed: %d xfailed: %d repeat: %d loops: %d avg: %llu usec
 *   All test took worker%d=%lu cycles
 * More "key: number" pairs are ignored, so that a later form is read as well.
 */
struct summary_line {
	const char *test;	/* into the line; not terminated */
	size_t test_length;
	uint64_t passed;
	uint64_t failed;
	uint64_t xfailed;
	uint64_t avg_us;
};

/* False when the @length bytes at @text are no complete Summary line. */
bool summary_parse(const char *text, size_t length, struct summary_line *line);

/* All lines of a load of @test with @workers workers. */
struct summary {
	const char *test;	/* borrowed */
	uint32_t workers;
	uint64_t *workers_us;	/* the caller's, room for @workers */
	uint32_t seen;		/* lines of @test; can exceed @workers */
	uint32_t failed;	/* workers with failed > 0 */
	uint32_t idle;		/* workers that ran nothing: their thread could not be started */
	uint32_t foreign;	/* lines of other tests */
	uint32_t finished;	/* "All test took" lines */
	char foreign_test[64];	/* the last one's name */
};

/* Takes one line of the log; false when it is none of the module's results. */
bool summary_feed(struct summary *summary, const char *text, size_t length);

/* Tests that fail by design and whose figures are no timing; kernels without "xfailed" count them as failed. */
bool summary_fails_by_design(const char *test);

/* True when the load is complete and sound. Otherwise @why (of @size bytes) gets a sentence about it. */
bool summary_check(const struct summary *summary, char *why, size_t size);
