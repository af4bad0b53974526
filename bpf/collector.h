/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/symbols.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What trace.c needs of a collector. To add one: its files, and a line in trace.c.
 */
struct collector_options {
	const struct symbols *symbols;	/* outlives the collector */
	const char *backend;		/* the only one to try, or NULL for the first that works */
	const char *naming;		/* as that of struct trace_options */
	bool load_only;
};

struct collector {
	const char *name;
	const char *const *backends;	/* NULL-ended, in the order they are tried */
	/*
	 * NULL with a sentence in @why. Every backend that was tried and refused is appended to @refused as
	 * {"collector","backend","why"}, whether or not a later one works.
	 */
	void *(*open)(const struct collector_options *options, json_t *refused, char *why, size_t size);
	/* What it is, for the trace record: "backend", "measures", "attached", "absent". New reference. */
	json_t *(*describe)(const void *collector);
	/* Appends its records of this moment to @records. False with a sentence in @why. */
	bool (*read)(void *collector, json_t *records, char *why, size_t size);
	void (*close)(void *collector);
};

/* Longest sentence, its end included. */
#define COLLECTOR_WHY 400

/* Notes in @refused that @backend of @collector does not work here, because of @why. */
void collector_refuse(json_t *refused, const char *collector, const char *backend, const char *why);

extern const struct collector latency_collector;
extern const struct collector lock_collector;
extern const struct collector state_collector;
