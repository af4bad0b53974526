/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Beginnings that wait for their ends: when something began, by what it is about (an address, the number of a
 * function) and by the task that does it, 0 where that may change. As many as asked for, no more.
 */
struct begins;

/* NULL when there is no memory. */
struct begins *begins_new(size_t capacity);
void begins_free(struct begins *b);

/* One that is there already gets the new time. False when there are as many as may be. */
bool begins_put(struct begins *b, uint64_t object, uint64_t task, uint64_t ns);

/* Takes it out. False when there is none. */
bool begins_take(struct begins *b, uint64_t object, uint64_t task, uint64_t *ret_ns);
