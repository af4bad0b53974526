/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/lock.bpf.h"

/* The end is attached first, as in lock-slowpath.bpf.c. */

/* (lock, ret) */
SEC(TRACEPOINT "contention_end") int on_end(u64 *ctx)
{
	if (is_likely_ours(ctx[0]) && !spin_end(ctx[0]))
		sleep_end(ctx[0]);
	return 0;
}

/* (lock, flags) */
SEC(TRACEPOINT "contention_begin") int on_begin(u64 *ctx)
{
	u32 flags = (u32)ctx[1], index = lock_index(ctx[0]);

	if (index >= LOCK_ALL)
		index = site_index(ctx, ctx[0], lock_kinds(flags));
	if (index >= LOCK_ALL)
		return 0;
	if (flags & (LCB_F_RT | LCB_F_MUTEX))
		sleep_begin(ctx, ctx[0], index);
	else
		spin_begin(ctx, ctx[0], index);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
