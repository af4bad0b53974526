// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/lock-slowpath.bpf.h"

#define LOCK_PAIR(name)									\
SEC("fentry/" #name) int entry_##name(void *ctx) { return slowpath_begin(ctx); }		\
SEC("fexit/" #name) int return_##name(void *ctx) { return slowpath_end(ctx); }

LOCK_SLOWPATHS(LOCK_PAIR)

char LICENSE[] SEC("license") = "GPL";
