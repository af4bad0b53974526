/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The kernel's trace events without BPF: an instance of its tracer of our own (libtracefs) with a ring buffer
 * per CPU, whose binary records are read by the kernel's description of them (libtraceevent), so that a field
 * that moves from kernel to kernel is found. A thread reads every RING_TICK_MS and whoever wants the state of
 * now reads the rest. The events of all CPUs are handed on in the order of their time, which is
 * CLOCK_MONOTONIC.
 *
 * A full buffer refuses new events; the kernel counts them, and so does ring_lost().
 */
struct ring;

#define RING_TICK_MS		20
#define RING_FIELDS_MAX		4
#define RING_EVENTS_MAX		32

enum ring_probe {
	RING_EVENT,		/* one of the kernel's own */
	RING_ENTRY,		/* a probe of ours (kprobe event) on the entry of function @name */
	RING_RETURN,		/* and on its return */
};

struct ring_event {
	enum ring_probe probe;
	const char *system;			/* folder in events/; of RING_EVENT */
	const char *name;
	const char *filter;			/* in the kernel's own words, or NULL */
	const char *fields[RING_FIELDS_MAX];	/* numbers that are wanted; the rest NULL */
};

struct ring_record {
	unsigned int event;			/* which of those that ring_open() was given */
	int task;				/* that it happened in */
	uint64_t ns;
	uint64_t fields[RING_FIELDS_MAX];	/* not sign-extended */
};

/*
 * Of the kernel's memory, all CPUs together: what it is usually, and how little and how much a CPU has of it.
 */
#define RING_BYTES		(32 << 20)
#define RING_CPU_BYTES_MIN	(64 << 10)
#define RING_CPU_BYTES_MAX	(8 << 20)

struct ring_options {
	const struct ring_event *events;	/* at most RING_EVENTS_MAX; only for ring_open() */
	unsigned int n_events;
	/*
	 * In the reading thread, or in that of ring_hold(); never in two at a time. It must not call the ring.
	 */
	void (*handle)(void *context, const struct ring_record *record);
	void *context;
	size_t bytes;				/* 0: RING_BYTES within those limits; else for each CPU */
	bool no_thread;				/* only ring_hold() reads */
};

/* Whether this kernel has event @name in folder @system, as far as we may see. */
bool ring_has(const char *system, const char *name);
/* Whether it can make probes of RING_ENTRY and RING_RETURN. */
bool ring_can_probe(void);

/*
 * Makes the instance, with everything switched off. NULL with a sentence in @why. Instances and probes that a
 * process of ours left behind when it was killed are removed. Raises the limit of open files (`ulimit -n`) to
 * what this process may have: there is one for each CPU.
 */
struct ring *ring_open(const struct ring_options *options, char *why, size_t size);

/* Switches the events on and begins to read. False with a sentence in @why. */
bool ring_start(struct ring *r, char *why, size_t size);

/* Switches the events off and ends the thread. What has been collected stays. */
void ring_stop(struct ring *r);

/*
 * Hands on all that happened before the call, and keeps the thread away until ring_release(), so that what the
 * handler collects can be looked at. False, without a need to release, with a sentence in @why when a buffer
 * could not be read.
 */
bool ring_hold(struct ring *r, char *why, size_t size);
void ring_release(struct ring *r);

/* Events that found no room, and returns that the kernel had no record for, from the beginning on. */
uint64_t ring_lost(const struct ring *r);

/* Removes the instance and the probes. NULL is a no-op. */
void ring_close(struct ring *r);
