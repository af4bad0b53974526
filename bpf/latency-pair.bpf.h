/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/latency.bpf.h"

/*
 * Two programs for a function, at its entry and at its return. The entry's time is kept with the task: these
 * functions sleep and change CPUs. None of these functions is called from interrupts. A task that is in one of
 * them twice, as when memory is reclaimed for an area, is measured in the inner call; the outer one is lost.
 */
struct entries {
	u64 ns[LATENCY_NR];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct entries);
} entries SEC(".maps");

static __always_inline int latency_entry(u32 function)
{
	struct entries *e = bpf_task_storage_get(&entries, bpf_get_current_task_btf(), 0,
						 BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!e) {
		latency_lost(function);
		return 0;
	}
	/* A return that a kretprobe missed, for want of an instance, leaves its entry behind. */
	if (e->ns[function])
		latency_lost(function);
	e->ns[function] = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int latency_return(u32 function)
{
	u64 now = bpf_ktime_get_ns();
	struct entries *e = bpf_task_storage_get(&entries, bpf_get_current_task_btf(), 0, 0);

	if (!e || !e->ns[function]) {
		latency_unpaired(function);
		return 0;
	}
	latency_record(function, now - e->ns[function]);
	e->ns[function] = 0;
	return 0;
}

/* In the order in which they are attached: a call under way has a return without an entry, not the reverse. */
#define LATENCY_PAIR(name)									\
SEC(RETURN #name) int return_##name(void *ctx) { return latency_return(LATENCY_##name); }	\
SEC(ENTRY #name) int entry_##name(void *ctx) { return latency_entry(LATENCY_##name); }

LATENCY_FUNCTIONS(LATENCY_PAIR)

char LICENSE[] SEC("license") = "GPL";
