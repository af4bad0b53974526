/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/hist.h"
#include "bpf/latency.h"
#include "bpf/object.h"
#include "bpf/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Between the latency collector, which chooses a backend and writes records, and the ways to measure. To add a
 * way: its file, and a line in the table of latency.c.
 */

/* What there is to measure. */
struct latency_subject {
	const char *measures;		/* for people */
	const char *const *rows;	/* names of the histograms, NULL-ended */
	bool events;			/* rows are of enum latency_event, and events are counted as well */
};

/* Those of enum latency_function and of enum latency_event, and how "measures" begins with them. */
extern const char *const latency_function_rows[];
extern const char *const latency_event_rows[];
#define LATENCY_MEASURES_FUNCTIONS "time from a function's entry to its return"
#define LATENCY_MEASURES_EVENTS \
	"time between tracepoints, not in functions: how long an area lives from its alloc_vmap_area event " \
	"to its free_vmap_area_noflush event, and how long the purge's work items run"

/* What a way found, when it was opened. */
struct latency_opened {
	void *state;
	const struct latency_subject *subject;
	unsigned int attached;		/* programs or events */
};

struct latency_backend;

struct latency_way {
	/* Loads and attaches. False with the kernel's reason in @why: nothing is left behind. */
	bool (*open)(const struct latency_backend *backend, const struct symbols *symbols,
		     struct latency_opened *ret_opened, char *why, size_t size);
	/* Detaches everything and keeps it loaded. */
	void (*detach)(void *state);
	/*
	 * NULL, or called before the two below: what they tell then is of one moment. False with a sentence in
	 * @why.
	 */
	bool (*refresh)(void *state, char *why, size_t size);
	/* Of all CPUs together, from the beginning on. False with errno. */
	bool (*read_row)(void *state, unsigned int row, struct hist *ret_hist);
	bool (*read_events)(void *state, struct latency_events *ret_events, uint64_t *ret_lost);
	void (*close)(void *state);
};

struct latency_backend {
	const char *name;
	const struct latency_way *way;
	/* Of BPF only. */
	const struct latency_subject *subject;
	struct object_image image;
};

extern const struct latency_way latency_bpf;
extern const struct latency_way latency_tracefs;
