/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/lock.bpf.h"

/*
 * Waits for spinlocks from the entry of the slow path to its return: every one of them, where contention_begin
 * does not tell of a waiter that is the only one. Which of these functions a kernel has, and calls, depends on
 * its paravirtual spinlocks. The only mutex comes from the tracepoints.
 */
#define LOCK_SLOWPATHS(F)			\
	F(queued_spin_lock_slowpath)		\
	F(native_queued_spin_lock_slowpath)	\
	F(__pv_queued_spin_lock_slowpath)

/* The first argument as a number: as what it is, a pointer, the verifier does not let us compute with it. */
static __always_inline u64 slowpath_lock(void *ctx)
{
	u64 lock = 0;

	bpf_get_func_arg(ctx, 0, &lock);
	return lock;
}

static __always_inline int slowpath_begin(void *ctx)
{
	u64 lock = slowpath_lock(ctx);
	u32 index = lock_index(lock);

	if (index >= LOCK_ALL)
		index = site_index(ctx, lock, LOCK_SPINS);
	if (index < LOCK_ALL)
		spin_begin(ctx, lock, index);
	return 0;
}

static __always_inline int slowpath_end(void *ctx)
{
	u64 lock = slowpath_lock(ctx);

	if (is_likely_ours(lock))
		spin_end(lock);
	return 0;
}

/* (lock, ret) */
SEC("tp_btf/contention_end") int on_mutex_end(u64 *ctx)
{
	if (ctx[0] == places.statics[LOCK_PURGE] ||
	    ((places.by_site & LOCK_SLEEPS) && site_is_likely_ours(ctx[0])))
		sleep_end(ctx[0]);
	return 0;
}

/* (lock, flags) */
SEC("tp_btf/contention_begin") int on_mutex_begin(u64 *ctx)
{
	u32 index = LOCK_PURGE;

	if (!((u32)ctx[1] & LCB_F_MUTEX))
		return 0;
	if (ctx[0] != places.statics[LOCK_PURGE])
		index = site_index(ctx, ctx[0], LOCK_SLEEPS);
	if (index < LOCK_ALL)
		sleep_begin(ctx, ctx[0], index);
	return 0;
}
