/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Stacks of function names, each with how often it was met. What they may take is bounded: where there is no
 * room for one more, its sample keeps the function that it was in and loses the callers.
 */
struct stacks;

/* Stands for the callers that were lost. */
#define STACKS_CUT "[cut]"
/* The oldest caller of what the idle task does, which is never lost. */
#define STACKS_IDLE "[idle]"

/* NULL when there is no memory. */
struct stacks *stacks_new(void);
void stacks_free(struct stacks *s);
void stacks_clear(struct stacks *s);

/*
 * One sample: @frames are names, the function that was running first, its oldest caller last; 1 to
 * RECORD_FRAMES_MAX of them. They are copied. False when there is no memory.
 */
bool stacks_add(struct stacks *s, const char *const *frames, size_t count);

/*
 * Sets "names" and "stacks" of @record: [count, name, name, ...] with the oldest caller first, those that were
 * met most often first; and "samples", their sum. Within what a line of the wire holds: the rarest are cut as
 * above. False when there is no memory.
 */
bool stacks_describe(const struct stacks *s, json_t *record);
