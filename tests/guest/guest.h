/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>
#include <stdint.h>

/*
 * What the inits of tests/guest share. Each is the only program of a guest that has nobody to talk to: it does
 * one job and powers off, and what it has to say goes to the console, a JSON object in each line. Linked with
 * the agent's objects, so that what is measured is what a sweep runs.
 */

/* Mounts what Linux offers and takes the console. The first call of every init. */
void guest_begin(void);

/* Powers off, behind {"t":"end"}: a console without it is of a guest that died. */
void guest_end(void) __attribute__((noreturn));

/* The number NAME=NUMBER of the kernel's command line; guest_fail() without it. */
unsigned int guest_argument(const char *name);

/* Says {"t":"error","why":...} and powers off. */
void guest_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Takes the reference. */
void guest_say(json_t *record);

/*
 * Runs fix_size_alloc_test, @loops times in each of @threads workers; the time of the slowest, in
 * microseconds. In counted mode 1 us is 1000 instructions. A load that is not sound is guest_fail().
 */
uint64_t guest_vmalloc_test(unsigned int threads, unsigned int loops);

/* Runs the load @kind of storm_find() with as many threads and operations; the operations that were made. */
uint64_t guest_storm(const char *kind, unsigned int threads, uint64_t operations);

/* Reports of trouble in the kernel's log since guest_begin(), as the agent would count them. */
unsigned int guest_splats(void);

/* Milliseconds of CLOCK_MONOTONIC. */
double guest_now_ms(void);

/* The number at @key of the hist of @function in the records of trace_read(), -1 when there is none. */
json_int_t guest_hist(const json_t *records, const char *function, const char *key);

/* The number at @key of the record whose "t" is @type, -1 when there is none. */
json_int_t guest_number(const json_t *records, const char *type, const char *key);
