/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/ktime.h>

#include "hist.h"

/* What is timed: each call as its caller sees it, from before it to behind it. */
enum latency_call {
	LATENCY_VMALLOC,
	LATENCY_VFREE,
	LATENCY_LOOKUP,
	LATENCY_CALLS
};

struct latency {
	struct hist calls[LATENCY_CALLS];
};

/* The clock of bpf_ktime_get_ns(), so that the figures of BPF programs can be held against these. */
static __always_inline u64 latency_now(void)
{
	return ktime_get_mono_fast_ns();
}

static __always_inline void latency_add(struct latency *l, enum latency_call call, u64 start_ns)
{
	u64 ns = latency_now() - start_ns;
	struct hist *h = &l->calls[call];

	h->sum += ns;
	if (ns > h->max)
		h->max = ns;
	h->buckets[hist_index(ns)]++;
}

/* Adds what @from counted to @to. */
void latency_merge(struct latency *to, const struct latency *from);

/* Into the kernel's log, as docs/module.md describes it. */
void latency_print(const struct latency *l);
