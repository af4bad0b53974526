/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/locate.h"
#include "bpf/lock-site.h"
#include "bpf/object.h"
#include "bpf/symbols.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Those without a known place, as far as they were waited for: in the order in which they were read. */
#define LOCK_SITED (LOCK_ALL - LOCK_NR)
struct lock_sites {
	struct lock_seen list[LOCK_SITED];
	size_t count;
};

/* The maps of the lock collector's programs, as records. */
struct lock_read {
	const struct object *object;
	const struct symbols *symbols;
	const struct locate *where;
	const char *source;
	struct lock_sites *sites;	/* remembers names from one reading to the next */
};

/* A record of "lock", bpf/trace.h; takes @callers. */
json_t *lock_record(const char *name, const char *source, const char *naming, const struct lock_stat *stat,
		    json_t *callers);

/*
 * Appends a record for each lock that was waited for; another one tells of what was lost and may have been of
 * any lock. False with a sentence in @why.
 */
bool lock_read(const struct lock_read *r, json_t *records, char *why, size_t size);
