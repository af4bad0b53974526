/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "kernels/series.h"
#include "kernels/source.h"

/*
 * A build slot: a work copy of a source and the object tree made from it, kept in the cache. All kernels of one
 * version, configuration and compiler share it, one after the other, so that each compiles only what differs
 * from the one before. Its paths never change: make would compile everything again.
 *
 * state.json beside them is written before src/ or obj/ change, and names a superset of what may be half done;
 * the next user of the slot repairs that.
 */
typedef struct slot {
	char *dir;
	char *src;
	char *obj;
	char *module;		/* our own module, as it is built against obj/ */
	char *make_lock;	/* held by make and all its children, which may outlive us */
	int lock;
	json_t *state;
	bool built;		/* obj/ holds a finished build */
} slot;

/* Opens and locks the slot of that @name, made when missing. Waits for another process that uses it. */
struct slot *slot_open(const char *name, GError **error);
void slot_free(struct slot *s);

/* Makes src/ what @applied makes of @from. Only files that differ get a new mtime. */
bool slot_fill(struct slot *s, const struct source *from, const struct series *applied, GError **error);

/* To be called before and after make changes obj/. @lines: of make's output; @finished: it built everything. */
bool slot_begin_make(struct slot *s, GError **error);
bool slot_end_make(struct slot *s, guint64 lines, bool finished, GError **error);

/*
 * How many lines make will print: as many as at the last full build, or rebuild, here. @full_lines: of a full
 * build, where there was none. 0: not known.
 */
guint64 slot_expected_lines(const struct slot *s, guint64 full_lines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(slot, slot_free)
