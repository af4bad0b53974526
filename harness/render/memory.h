/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/json.h"

/* What a kernel takes in bytes, as its manifest has it (docs/kernels.md). */
enum memory_figure {
	MEMORY_VMAP_AREA,	/* struct vmap_area: one for each area */
	MEMORY_VMAP_NODE,	/* struct vmap_node: one for each node */
	MEMORY_TEXT,		/* mm/vmalloc.o: code and what is never written */
	MEMORY_DATA,
	MEMORY_BSS,
	MEMORY_IMAGE,		/* the compressed image that is booted */
	MEMORY_FIGURES,
};

#define MEMORY_NONE (-1)	/* the kernel has no such thing */
#define MEMORY_UNKNOWN (-2)	/* its manifest does not say */

struct memory {
	gint64 bytes[MEMORY_FIGURES];	/* or MEMORY_NONE, MEMORY_UNKNOWN */
};

/* Of the kernel with that manifest; NULL: nothing is known of it. */
struct memory memory_of(const json_t *kernel);

/* Whether anything is. */
bool memory_is_known(const struct memory *m);

/* Adds "vmap_area_bytes", ... to a row for programs; null where there is no number. */
void memory_add_data(json_t *row, const struct memory *m);

/* The head of a column; static. */
const char *memory_title(enum memory_figure figure);

/*
 * "72", "none", "n/a"; and by how much it is more than in @base: "+24", "-24", "0", "" where one is no number.
 * Caller frees.
 */
char *memory_text(const struct memory *m, enum memory_figure figure);
char *memory_change(const struct memory *base, const struct memory *m, enum memory_figure figure);
