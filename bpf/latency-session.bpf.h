/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/latency.bpf.h"

/*
 * One program for a function, called at its entry and at its return, with a cookie in between that lives as
 * long as the call. The including file says how the kernel declares the two functions below, and where the
 * program goes.
 */
extern bool bpf_session_is_return(SESSION_PARAMETER) __ksym;
extern u64 *bpf_session_cookie(SESSION_PARAMETER) __ksym;

static __always_inline int latency_session(void *ctx, u32 function)
{
	u64 *entry = bpf_session_cookie(SESSION_ARGUMENT);

	if (!bpf_session_is_return(SESSION_ARGUMENT)) {
		*entry = bpf_ktime_get_ns();
		return 0;
	}
	/*
	 * Zero: the kernel skipped the entry, as a program was already running; object_missed() has it. The
	 * cookie of an fsession is cleared before the entry; that of a kprobe.session is memory that was used
	 * before, and not every kernel skips the return as well: no time may stay in it.
	 */
	if (*entry)
		latency_record(function, bpf_ktime_get_ns() - *entry);
	*entry = 0;
	return 0;
}

#define LATENCY_SESSION(name)									\
SEC(SECTION #name) int session_##name(void *ctx) { return latency_session(ctx, LATENCY_##name); }

LATENCY_FUNCTIONS(LATENCY_SESSION)

char LICENSE[] SEC("license") = "GPL";
