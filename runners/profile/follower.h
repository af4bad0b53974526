/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runners/profile/line-set.h"

/*
 * Follows the calls of some functions from entry to return, with all that they call, on one CPU: how many
 * instructions each takes and which cache lines it touches. Interrupts, and what other tasks do before a call
 * that was preempted goes on, are not part of it.
 *
 * What is running is told by the stack: the slot in which a call leaves its return address names the stack and
 * the call; the load of that slot by a return ends it, and all that were called from it. An interrupt begins on
 * the stack of what it interrupts: until its iret the calls that are open there wait.
 */
struct follower;

/* How many calls touched so many lines: calls[lines], up to size. */
struct follower_tally {
	uint64_t *calls;
	size_t size;
};

struct follower_figures {
	uint64_t calls;			/* that have returned */
	uint64_t instructions;		/* of them, with what they called */
	uint64_t lost;			/* whose return could not be told, or that had no memory */
	struct follower_tally lines[LINE_KINDS];
};

/* @now is the number of instructions executed so far, without that of the callback. NULL without memory. */
struct follower *follower_new(size_t functions, uint64_t (*now)(void));
void follower_free(struct follower *c);

/* A call stores its return address at @slot; a return loads it from there. */
void follower_call(struct follower *c, uint64_t slot);
void follower_return(struct follower *c, uint64_t slot);

/* The first instruction of @function, an interrupt's, an iret, one behind which another stack is in use. */
void follower_enter(struct follower *c, size_t function);
void follower_interrupt(struct follower *c);
void follower_iret(struct follower *c);
void follower_switch(struct follower *c);

/* Whether anything is open to which follower_data() and follower_code() would add. */
bool follower_open(const struct follower *c);
void follower_data(struct follower *c, uint64_t address, size_t bytes, bool written);
void follower_code(struct follower *c, uint64_t address, size_t bytes);

/* What was counted of @function since follower_reset(). Borrowed. */
const struct follower_figures *follower_figures(const struct follower *c, size_t function);
void follower_reset(struct follower *c);
