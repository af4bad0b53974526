/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/locate.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Waits for the locks of mm/vmalloc by the kernel's trace events contention_begin and contention_end, not by
 * BPF. By whom is not known.
 */
struct lock_tracefs;

#define LOCK_TRACEFS_EVENTS 2

/* Attached, to both, when it returns. NULL with a sentence in @why. @where outlives it. */
struct lock_tracefs *lock_tracefs_open(const struct locate *where, char *why, size_t size);

/* As object_detach(). */
void lock_tracefs_detach(struct lock_tracefs *t);

/* As lock_read(), with @source in the records. */
bool lock_tracefs_read(struct lock_tracefs *t, const char *source, json_t *records, char *why, size_t size);

/* NULL is a no-op. */
void lock_tracefs_close(struct lock_tracefs *t);
