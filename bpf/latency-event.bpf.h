/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/latency.bpf.h"
#include "bpf/compat.bpf.h"

/*
 * Where functions cannot be probed: what the kernel's own tracepoints tell. They lie in the middle of the
 * functions, so that the time in alloc_vmap_area cannot be had; how long an area lives can, and how long the
 * purge's work items run.
 */

const volatile struct latency_targets targets = { 0, 0 };	/* set by the loader */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LATENCY_AREAS);
	__type(key, u64);
	__type(value, u64);
} areas SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct latency_events);
} events SEC(".maps");

struct item {
	u64 begin_ns;		/* 0: none of ours */
	u32 event;
};

/* A worker runs one item at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct item);
} items SEC(".maps");

static __always_inline struct latency_events *latency_events(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&events, &zero);
}

/* (addr, size, align, vstart, vend, failed) */
SEC(TRACEPOINT "alloc_vmap_area") int on_alloc(u64 *ctx)
{
	struct latency_events *e = latency_events();
	u64 address = ctx[0];
	u64 now;

	if (!e)
		return 0;
	if ((int)ctx[5]) {
		__sync_fetch_and_add(&e->failed, 1);
		return 0;
	}
	__sync_fetch_and_add(&e->allocs, 1);
	now = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&areas, &address, &now, BPF_ANY))
		latency_lost(LATENCY_EVENT_LIFETIME);
	return 0;
}

/* (va_start, nr_lazy, nr_lazy_max) */
SEC(TRACEPOINT "free_vmap_area_noflush") int on_free(u64 *ctx)
{
	struct latency_events *e = latency_events();
	u64 address = ctx[0];
	u64 *begin;

	if (!e)
		return 0;
	__sync_fetch_and_add(&e->frees, 1);
	begin = bpf_map_lookup_elem(&areas, &address);
	if (!begin) {
		latency_unpaired(LATENCY_EVENT_LIFETIME);
		return 0;
	}
	latency_record(LATENCY_EVENT_LIFETIME, bpf_ktime_get_ns() - *begin);
	bpf_map_delete_elem(&areas, &address);
	return 0;
}

/* (start, end, npurged) */
SEC(TRACEPOINT "purge_vmap_area_lazy") int on_purge(u64 *ctx)
{
	struct latency_events *e = latency_events();

	if (!e)
		return 0;
	__sync_fetch_and_add(&e->purges, 1);
	__sync_fetch_and_add(&e->purged, (u32)ctx[2]);
	return 0;
}

/* (work) */
SEC(TRACEPOINT "workqueue_execute_start") int on_work(u64 *ctx)
{
	u64 function = work_function((void *)ctx[0]);
	u32 event = function == targets.drain ? LATENCY_EVENT_DRAIN : LATENCY_EVENT_PURGE;
	struct item *item;

	if (!function || (function != targets.drain && function != targets.purge))
		return 0;
	item = bpf_task_storage_get(&items, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!item) {
		latency_lost(event);
		return 0;
	}
	item->event = event;
	item->begin_ns = bpf_ktime_get_ns();
	return 0;
}

/* (work, function): the item may be freed by now, and typed programs are not given the function. */
SEC(TRACEPOINT "workqueue_execute_end") int on_work_end(u64 *ctx)
{
	struct item *item = bpf_task_storage_get(&items, bpf_get_current_task_btf(), 0, 0);

	if (!item || !item->begin_ns)
		return 0;
	latency_record(item->event, bpf_ktime_get_ns() - item->begin_ns);
	item->begin_ns = 0;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
