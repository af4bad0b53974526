/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "bpf/lock.h"

/*
 * Locks whose place is not known are ours when one of our functions waits for them. Who waits is looked up
 * once for a lock, and what came of it is kept: what it costs from then on is a look into an array. Without
 * such locks all of this is left out when the programs are loaded.
 */
extern const volatile struct lock_places places;

/*
 * By a hash of the lock's address: the address without its upper 16 bits, which are all the same, and the
 * number of the lock.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << LOCK_VERDICT_BITS);
	__type(key, u32);
	__type(value, u64);
} verdicts SEC(".maps");

/* The numbers of those that are ours, by address. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LOCK_ALL - LOCK_NR);
	__type(key, u64);
	__type(value, u32);
} sited SEC(".maps");

u32 n_sited;

/* Not a number of a lock: the verdict has to wait for another time. */
#define SITE_UNKNOWN	0xffff

struct site_walk {
	u64 frames[LOCK_STACK_DEPTH];
	u32 n_frames;
	u32 kinds;	/* of the lock */
	u32 verdict;	/* LOCK_NR: ours; LOCK_ALL: foreign */
};

/* The kinds of the range that @address lies in; negative: it lies in none. */
static __always_inline int site_kinds(u64 address)
{
	u32 i;

	for (i = 0; i < LOCK_RANGES && i < places.n_ranges; i++)
		if (address - places.ranges[i].begin < places.ranges[i].bytes)
			return (int)places.ranges[i].kinds;
	return -1;
}

/* Whose the first frame is that is not on the way from the one who waits to us. */
static long site_step(u32 index, struct site_walk *walk)
{
	u64 address;
	int kinds;

	if (index >= LOCK_STACK_DEPTH || index >= walk->n_frames)
		return 1;
	/* A return address may be that of the next function. */
	address = walk->frames[index] - 1;
	if (address - places.text >= places.text_bytes)
		return 0;
	kinds = site_kinds(address);
	if (kinds == 0)
		return 0;
	walk->verdict = kinds > 0 && ((u32)kinds & walk->kinds) ? LOCK_NR : LOCK_ALL;
	return 1;
}

/* The number of a lock of ours that was not seen before, or was by another CPU just now. */
static __always_inline u32 site_number(u64 lock)
{
	u32 number = LOCK_NR + __sync_fetch_and_add(&n_sited, 1), *known;

	if (number >= LOCK_ALL)
		return LOCK_ALL;
	if (bpf_map_update_elem(&sited, &lock, &number, BPF_NOEXIST) == 0)
		return number;
	known = bpf_map_lookup_elem(&sited, &lock);
	return known ? *known : LOCK_ALL;
}

static __noinline u32 site_judge(void *ctx, u64 lock, u32 kinds)
{
	struct site_walk walk = { .kinds = kinds, .verdict = SITE_UNKNOWN };
	u32 *known = bpf_map_lookup_elem(&sited, &lock);
	long bytes;

	if (known)
		return *known;
	bytes = bpf_get_stack(ctx, walk.frames, sizeof(walk.frames), 0);
	if (bytes <= 0)
		return SITE_UNKNOWN;
	walk.n_frames = (u32)bytes / sizeof(walk.frames[0]);
	bpf_loop(LOCK_STACK_DEPTH, site_step, &walk, 0);
	return walk.verdict == LOCK_NR ? site_number(lock) : walk.verdict;
}

static __always_inline u64 *site_verdict(u64 lock)
{
	/* As wait_weight(). Spinlocks are aligned to 4. */
	u32 place = (u32)(lock >> 2) * 2654435769U >> (32 - LOCK_VERDICT_BITS);

	return bpf_map_lookup_elem(&verdicts, &place);
}

/* The number of @lock, of one of @kinds, for which a wait begins; LOCK_ALL or more when it is none of ours. */
static __always_inline u32 site_index(void *ctx, u64 lock, u32 kinds)
{
	u64 *verdict, address = lock << 16, number;

	if (!(places.by_site & kinds))
		return LOCK_ALL;
	verdict = site_verdict(lock);
	if (!verdict)
		return LOCK_ALL;
	number = *verdict ^ address;
	if (number > SITE_UNKNOWN) {
		number = site_judge(ctx, lock, kinds);
		if (number != SITE_UNKNOWN)
			*verdict = address | number;
	}
	return (u32)number;
}

/* False when it is known to be foreign. */
static __always_inline bool site_is_likely_ours(u64 lock)
{
	u64 *verdict;

	if (!places.by_site)
		return false;
	verdict = site_verdict(lock);
	return verdict && (*verdict ^ lock << 16) != LOCK_ALL;
}
