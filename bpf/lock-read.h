/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/locate.h"
#include "bpf/object.h"
#include "bpf/symbols.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The maps of the lock collector's programs, as records. */
struct lock_read {
	const struct object *object;
	const struct symbols *symbols;
	const struct locate *where;
	const char *source;
};

/* Longest name of a lock, its end included. */
#define LOCK_NAME 32

/* Of lock @index, as lock.h numbers them: "free_vmap_area_lock", "vn[3].busy". */
void lock_name(unsigned int index, char name[LOCK_NAME]);

/* A record of "lock", bpf/trace.h; takes @callers. */
json_t *lock_record(const char *name, const char *source, const char *naming, const struct lock_stat *stat,
		    json_t *callers);

/*
 * Appends a record for each lock that was waited for; another one tells of what was lost and may have been of
 * any lock. False with a sentence in @why.
 */
bool lock_read(const struct lock_read *r, json_t *records, char *why, size_t size);
