/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/lock.h"
#include "bpf/peek.h"
#include "bpf/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where the locks of mm/vmalloc are, and what the state collector reads. By symbol where the kernel lists its
 * variables; else from the text of its functions, where a claim counts only when two places of it agree, or
 * when what lies at the address is what the kernel's type information says.
 */
struct locate {
	/* 0: this kernel has no such lock, or it was not found. */
	uint64_t locks[LOCK_STATICS];
	const char *locks_naming;	/* "symbols" or "text"; NULL: none was found */

	/* Of the vmap nodes, an array; 0 on kernels without, or when it was not found. */
	uint64_t nodes;
	uint32_t n_nodes;
	const char *nodes_naming;
	/* What a node looks like, found or not; all 0 when that is not known. */
	uint32_t node_size;
	uint32_t node_locks[LOCK_CLASSES];	/* offsets in a node */
	uint32_t busy_list;			/* the same, of the areas in use */
	bool has_nodes;			/* the kernel has vmap nodes, found or not */

	uint64_t area_list;		/* the areas in use of a kernel without nodes; 0: not found */
	uint64_t lazy_pages;		/* vmap_lazy_nr; 0: not found */
};

/* @peek may be NULL: then there are only symbols. Never fails; what was not found is 0. */
void locate(const struct symbols *symbols, struct peek *peek, struct locate *ret);

/* locate() with the symbols of variables left unused, as on a kernel that has none. */
void locate_by_text(const struct symbols *symbols, struct peek *peek, struct locate *ret);

/* As if nothing had been found but what a node looks like. */
void locate_forget(struct locate *l);

/* Whether the text of @function, as it is now, calls @target: the kernel patches such calls at boot. */
bool locate_calls(const struct symbols *symbols, struct peek *peek, const char *function, const char *target);
