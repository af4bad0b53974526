/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the latency collector measures, shared by its BPF programs and their reader. Each kernel has some of the
 * functions: 6.1 lacks the last three.
 */
#define LATENCY_FUNCTIONS(F)			\
	F(alloc_vmap_area)			\
	F(find_vmap_area)			\
	F(free_vmap_area_noflush)		\
	F(__purge_vmap_area_lazy)		\
	F(drain_vmap_area_work)			\
	F(find_unlink_vmap_area)		\
	F(purge_vmap_node)			\
	F(reclaim_and_purge_vmap_areas)

enum latency_function {
#define F(name) LATENCY_##name,
	LATENCY_FUNCTIONS(F)
#undef F
	LATENCY_NR
};

/* What tracepoints can measure instead: see latency-event.bpf.h. */
enum latency_event {
	LATENCY_EVENT_LIFETIME,
	LATENCY_EVENT_DRAIN,
	LATENCY_EVENT_PURGE,
	LATENCY_EVENT_NR
};

/* Areas whose begin is remembered at a time, for their lifetime; one that finds no room is counted as lost. */
#define LATENCY_AREAS	65536

/* Events, counted on each CPU beside the histograms. */
struct latency_events {
	unsigned long long allocs;	/* areas handed out */
	unsigned long long failed;	/* alloc_vmap_area found no room */
	unsigned long long frees;
	unsigned long long purges;	/* one event for each call of __purge_vmap_area_lazy */
	unsigned long long purged;	/* areas in them */
};

/* Addresses of the purge's work functions, 0 when unknown: all of the .rodata of latency-event.bpf.h. */
struct latency_targets {
	unsigned long long drain;
	unsigned long long purge;
};
