/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "render/samples.h"

/* The two sides of a differential flame graph. */
enum flame_side {
	FLAME_BASELINE,
	FLAME_CANDIDATE,
	FLAME_SIDES,
};

/* A function as it was called by those above it; the root stands for all busy samples. */
typedef struct flame_node {
	char *name; /* without what the compiler appends */
	guint64 counts[FLAME_SIDES]; /* samples in it and in what it calls, of all boots */
	GArray *boots[FLAME_SIDES]; /* the same of each boot, guint64, as samples_rows_compare() takes them */
	GPtrArray *children; /* struct flame_node *, by name, whose counts together are at most its own */
} flame_node;

/* Of all boots of the baseline and of @arm, the idle task left out. */
struct flame_node *flame_tree_new(const struct samples *s, const struct samples_cell *cell, unsigned int arm);
void flame_tree_free(struct flame_node *root);

/* How many functions are below each other at most, the root not counted. */
guint flame_tree_depth(const struct flame_node *root);

/* In percent of all samples of a side, which are those of @root: all boots together. */
double flame_tree_share(const struct flame_node *root, const struct flame_node *node, enum flame_side side);

/*
 * The same as lines "stack count count", of the baseline and of the candidate, as differential flame graph
 * tools read them: a stack's own samples, without those of what it calls. Appended to @out.
 */
void flame_tree_fold(const struct flame_node *root, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(flame_node, flame_tree_free)
