/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "bpf/lock.h"
#include "bpf/lock-site.bpf.h"

/*
 * Common to all programs of the lock collector. A wait for a spinlock cannot leave its CPU and is kept there;
 * one that may sleep is kept with its task. Most locks of a system are foreign, and are turned away by their
 * address first.
 */
const volatile struct lock_places places = {};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LOCK_ALL);
	__type(key, u32);
	__type(value, struct lock_stat);
} stats SEC(".maps");

struct wait {
	u64 lock;	/* 0: none */
	u64 begin;
	u32 index;
	u32 weight;	/* waits that its stack stands for; 0: no stack was taken */
	s32 stack;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct wait);
} spinning SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct wait);
} sleeping SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, LOCK_STACKS);
	__uint(key_size, sizeof(u32));
	__uint(value_size, LOCK_STACK_DEPTH * sizeof(u64));
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LOCK_CALLERS);
	__type(key, struct lock_caller_key);
	__type(value, struct lock_caller);
} callers SEC(".maps");

/* include/trace/events/lock.h */
#define LCB_F_RT	(1U << 3)	/* a mutex underneath a spinlock (PREEMPT_RT): its waiters sleep */
#define LCB_F_MUTEX	(1U << 5)

/* Under PREEMPT_RT they are all alike. */
static __always_inline u32 lock_kinds(u32 flags)
{
	return flags & LCB_F_RT ? LOCK_SPINS | LOCK_SLEEPS : flags & LCB_F_MUTEX ? LOCK_SLEEPS : LOCK_SPINS;
}

/* LOCK_ALL when its place is none that is known. */
static __always_inline u32 lock_index(u64 lock)
{
	u64 offset = lock - places.nodes;
	u32 i;

	if (offset < places.nodes_bytes) {
		u32 node = (u32)offset / places.node_size, rest = (u32)offset - node * places.node_size;

#pragma unroll
		for (i = 0; i < LOCK_CLASSES; i++)
			if (rest == places.classes[i])
				return LOCK_STATICS + node * LOCK_CLASSES + i;
	} else if (lock - places.statics_begin < places.statics_bytes) {
#pragma unroll
		for (i = 0; i < LOCK_STATICS; i++)
			if (lock == places.statics[i])
				return i;
	}
	return LOCK_ALL;
}

/* Whether it may be one of ours: enough where a wait for one of ours is looked for. */
static __always_inline bool is_likely_ours(u64 lock)
{
	u32 i;

	if (lock - places.nodes < places.nodes_bytes)
		return true;
	if (lock - places.statics_begin < places.statics_bytes) {
#pragma unroll
		for (i = 0; i < LOCK_STATICS; i++)
			if (lock == places.statics[i])
				return true;
	}
	return site_is_likely_ours(lock);
}

static __always_inline struct lock_stat *lock_stat(u32 index)
{
	return bpf_map_lookup_elem(&stats, &index);
}

static __always_inline struct wait *spin_wait(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&spinning, &zero);
}

static __always_inline struct wait *sleep_wait(u64 flags)
{
	return bpf_task_storage_get(&sleeping, bpf_get_current_task_btf(), 0, flags);
}

static __always_inline void lock_lost(u32 index)
{
	struct lock_stat *stat = lock_stat(index);

	if (stat)
		__sync_fetch_and_add(&stat->lost, 1);
}

/*
 * How many waits the stack of the @nth stands for; 0: it is not taken. As if by lot, as callers may take turns:
 * the multiplicative hash of Knuth, The Art of Computer Programming, section 6.4.
 */
static __always_inline u32 wait_weight(u64 nth)
{
	u32 weight = nth < LOCK_MANY ? LOCK_SOME : LOCK_MANY;

	if (nth < LOCK_FIRST)
		return 1;
	return ((u32)nth * 2654435769U >> 16) % weight ? 0 : weight;
}

static __always_inline void wait_begin(void *ctx, struct wait *wait, u64 lock, u32 index)
{
	struct lock_stat *stat = lock_stat(index);

	if (!stat)
		return;
	/* The end of another one was not seen. */
	if (wait->lock)
		lock_lost(wait->index);
	wait->weight = wait_weight(__sync_fetch_and_add(&stat->begun, 1));
	if (wait->weight)
		wait->stack = bpf_get_stackid(ctx, &stacks, 0);
	wait->index = index;
	wait->lock = lock;
	wait->begin = bpf_ktime_get_ns();
}

static __always_inline void count_caller(const struct wait *wait, u64 ns)
{
	struct lock_caller_key key = { wait->index, wait->stack };
	struct lock_caller none = {}, *caller;

	caller = bpf_map_lookup_elem(&callers, &key);
	if (!caller) {
		bpf_map_update_elem(&callers, &key, &none, BPF_NOEXIST);
		caller = bpf_map_lookup_elem(&callers, &key);
	}
	/* Without room for it the sample is not among the callers; the wait is counted all the same. */
	if (!caller)
		return;
	__sync_fetch_and_add(&caller->samples, 1);
	__sync_fetch_and_add(&caller->waits, wait->weight);
	__sync_fetch_and_add(&caller->wait_ns, wait->weight * ns);
}

static __always_inline void wait_end(struct wait *wait)
{
	u64 ns = bpf_ktime_get_ns() - wait->begin;
	struct lock_stat *stat = lock_stat(wait->index);

	wait->lock = 0;
	if (!stat)
		return;
	__sync_fetch_and_add(&stat->waits, 1);
	__sync_fetch_and_add(&stat->wait_ns, ns);
	if (ns > stat->max_ns)
		stat->max_ns = ns;
	if (wait->weight)
		count_caller(wait, ns);
}

static __always_inline void sleep_begin(void *ctx, u64 lock, u32 index)
{
	struct wait *wait = sleep_wait(BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!wait)
		lock_lost(index);
	/* A mutex says so each time that it changes how it waits: the first is the begin. */
	else if (wait->lock != lock)
		wait_begin(ctx, wait, lock, index);
}

static __always_inline void sleep_end(u64 lock)
{
	struct wait *wait = sleep_wait(0);

	if (wait && wait->lock == lock)
		wait_end(wait);
}

static __always_inline void spin_begin(void *ctx, u64 lock, u32 index)
{
	struct wait *wait = spin_wait();

	if (wait)
		wait_begin(ctx, wait, lock, index);
}

/* Whether it was a wait on this CPU. */
static __always_inline bool spin_end(u64 lock)
{
	struct wait *wait = spin_wait();

	if (!wait || wait->lock != lock)
		return false;
	wait_end(wait);
	return true;
}
