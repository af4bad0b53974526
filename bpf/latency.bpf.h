/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "bpf/hist.h"
#include "bpf/latency.h"

/*
 * Common to all programs of the latency collector. Additions are atomic although each CPU has its own
 * histogram: with CONFIG_PREEMPT a program may be preempted in the middle, and the next on that CPU would lose
 * its count.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LATENCY_NR);
	__type(key, u32);
	__type(value, struct hist);
} hists SEC(".maps");

static __always_inline struct hist *latency_hist(u32 function)
{
	return bpf_map_lookup_elem(&hists, &function);
}

static __always_inline void latency_record(u32 function, u64 ns)
{
	struct hist *hist = latency_hist(function);
	u32 index = hist_index(ns);

	if (!hist || index >= HIST_BUCKETS)
		return;
	__sync_fetch_and_add(&hist->buckets[index], 1);
	__sync_fetch_and_add(&hist->sum, ns);
	/* Two maxima at the same moment on one CPU: the smaller may win. It is still one that was seen. */
	if (ns > hist->max)
		hist->max = ns;
}

static __always_inline void latency_lost(u32 function)
{
	struct hist *hist = latency_hist(function);

	if (hist)
		__sync_fetch_and_add(&hist->lost, 1);
}

static __always_inline void latency_unpaired(u32 function)
{
	struct hist *hist = latency_hist(function);

	if (hist)
		__sync_fetch_and_add(&hist->unpaired, 1);
}
