/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/lock.bpf.h"

/* include/trace/events/lock.h: a spinlock that is a mutex underneath (PREEMPT_RT). Its waiters sleep. */
#define LCB_F_RT (1U << 3)

/* (lock, flags) */
SEC(TRACEPOINT "contention_begin") int on_begin(u64 *ctx)
{
	u32 index = lock_index(ctx[0]);

	if (index >= LOCK_NR)
		return 0;
	if (index == LOCK_PURGE || ((u32)ctx[1] & LCB_F_RT))
		sleep_begin(ctx, ctx[0], index);
	else
		spin_begin(ctx, ctx[0], index);
	return 0;
}

/* (lock, ret) */
SEC(TRACEPOINT "contention_end") int on_end(u64 *ctx)
{
	if (is_likely_ours(ctx[0]) && !spin_end(ctx[0]))
		sleep_end(ctx[0]);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
