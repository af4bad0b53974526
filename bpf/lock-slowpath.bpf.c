// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/lock-slowpath.bpf.h"

/*
 * In the order in which they are attached: an end without its begin is none of ours, a begin without its end
 * would count as lost.
 */
#define LOCK_PAIR(name)									\
SEC("fexit/" #name) int return_##name(void *ctx) { return slowpath_end(ctx); }		\
SEC("fentry/" #name) int entry_##name(void *ctx) { return slowpath_begin(ctx); }

LOCK_SLOWPATHS(LOCK_PAIR)

char LICENSE[] SEC("license") = "GPL";
