/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a record may have: the agent sends no more, the host takes no more from it (runners/wire.h), and the
 * journal, which keeps it, is read so. Needs no library.
 */

/* Longest list inside a record, except for workers, buckets, names and stacks: callers of a lock, say. */
#define RECORD_ENTRIES_MAX 4096

/* Of a memory record: figures of one moment, pages of a slab, and bytes of a page. */
#define RECORD_MOMENT_MAX (1LL << 40)
#define RECORD_SLAB_PAGES_MAX (1 << 10)
#define RECORD_PAGE_BYTES_MAX (1 << 18)
#define RECORD_CACHES_MAX 512		/* kernels have some 200 */

/* Of a samples record, which with as many of each still fits into a line of the wire. */
#define RECORD_FRAMES_MAX 64
#define RECORD_NAMES_MAX 4000
#define RECORD_NAME_MAX 200		/* letters of a name */
#define RECORD_STACKS_MAX 12000
#define RECORD_SAMPLES_MAX (1LL << 40)	/* of each of its figures: their sums are far from 64 bits */
