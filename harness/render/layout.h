/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * The layout of a struct of the kernel, read from what pahole printed of it when the kernel was built (its
 * manifest, docs/kernels.md).
 */
struct layout_member {
	char *key;	/* what it is known by: its name, with those of the structs around it that have one */
	char *text;	/* "struct list_head list", "u8 pool[256]"; "(hole)" */
	gint64 offset;	/* bytes from the begin of the struct */
	gint64 bytes;
	int depth;	/* 0: of the struct itself; more: of a struct or union in it */
};

typedef struct layout {
	gint64 bytes;
	gint64 cache_lines;
	gint64 hole_bytes;	/* of the struct itself */
	gint64 padding_bytes;	/* behind the last member */
	GPtrArray *members;	/* struct layout_member *, by offset as pahole has them, holes among them */
} layout;

/* NULL when @text, which may be NULL, is nothing that pahole prints of a struct. */
struct layout *layout_parse(const char *text);
void layout_free(struct layout *l);

/* A member of either struct, or of both. */
struct layout_change {
	const struct layout_member *before, *after;	/* borrowed; one may be NULL */
};

/*
 * The members of both in one order, in which those of @after stand as they do there, and those that are only in
 * @before behind the one that they stood behind. A member whose type has changed is two: one that was removed,
 * and one that was added. Array of struct layout_change; the caller frees.
 */
GArray *layout_compare(const struct layout *before, const struct layout *after);

/* "added", "removed", "resized", "moved", "": the first that is true. Static. */
const char *layout_change_name(const struct layout_change *change);

bool layout_differ(const struct layout *before, const struct layout *after);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(layout, layout_free)
