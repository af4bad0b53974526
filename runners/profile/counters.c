// SPDX-License-Identifier: GPL-2.0-only
#include "runners/profile/counters.h"

#include <stdlib.h>

#include "runners/profile/qemu-plugin.h"

bool counters_init(struct counters *c, size_t count)
{
	*c = (struct counters){ .count = count };
	if (qemu_plugin_scoreboard_new && qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu)
		c->score = qemu_plugin_scoreboard_new(count * sizeof(uint64_t));
	else if (qemu_plugin_register_vcpu_insn_exec_inline)
		c->plain = calloc(count, sizeof(uint64_t));
	return c->score || c->plain;
}

void counters_attach(struct counters *c, struct qemu_plugin_insn *insn, size_t number)
{
	const struct qemu_plugin_u64 entry = { .score = c->score, .offset = number * sizeof(uint64_t) };

	if (c->score)
		qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_PLUGIN_INLINE_ADD_U64, entry, 1);
	else
		qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &c->plain[number],
							   1);
}

const uint64_t *counters_values(const struct counters *c)
{
	return c->score ? qemu_plugin_scoreboard_find(c->score, 0) : c->plain;
}
