/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qemu_plugin_insn;
struct qemu_plugin_scoreboard;

/*
 * How often instructions were executed, by the number of what they belong to. QEMU adds in the code that it
 * makes of the guest's, before the instruction and any callback for it, so that one that QEMU has to begin anew
 * does not count twice. With one vCPU that runs, the counters are those of vCPU 0.
 */
struct counters {
	size_t count;
	uint64_t *plain;			/* version 1 of the interface, or NULL */
	struct qemu_plugin_scoreboard *score;	/* later ones */
};

/* False when there is no memory, or no way to count in the QEMU that loaded us. */
bool counters_init(struct counters *c, size_t count);

/* Has each execution of @insn add one to the counter @number. */
void counters_attach(struct counters *c, struct qemu_plugin_insn *insn, size_t number);

/* The @count values. Borrowed; good until the next vCPU appears. */
const uint64_t *counters_values(const struct counters *c);
