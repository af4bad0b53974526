// SPDX-License-Identifier: GPL-2.0-only
#include "flame-tree.h"

#include <string.h>

#include "render/profile.h"

static struct flame_node *node_new(char *name)
{
	struct flame_node *node = g_new0(struct flame_node, 1);

	node->name = name;
	node->children = g_ptr_array_new_with_free_func((GDestroyNotify)flame_tree_free);
	for (int side = 0; side < FLAME_SIDES; side++)
		node->boots[side] = g_array_new(FALSE, TRUE, sizeof(guint64));
	return node;
}

void flame_tree_free(struct flame_node *root)
{
	if (!root)
		return;
	g_ptr_array_unref(root->children);
	for (int side = 0; side < FLAME_SIDES; side++)
		g_array_unref(root->boots[side]);
	g_free(root->name);
	g_free(root);
}

/* The child of that name, in the order of names. */
static struct flame_node *find_child(struct flame_node *node, const char *symbol)
{
	g_autofree char *name = profile_source_name(symbol);
	guint low = 0, high = node->children->len;
	struct flame_node *child;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		int order = strcmp(((struct flame_node *)node->children->pdata[middle])->name, name);

		if (order == 0)
			return node->children->pdata[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	child = node_new(g_steal_pointer(&name));
	g_ptr_array_insert(node->children, low, child);
	return child;
}

/* Where a sample is added. */
struct place {
	enum flame_side side;
	guint boot;
};

static void add_count(struct flame_node *node, const struct place *at, guint64 count)
{
	samples_add_count(node->boots[at->side], at->boot, count);
	node->counts[at->side] += count;
}

static void add_stack(struct flame_node *root, const struct run_samples *s, const struct run_stack *stack,
		      const struct place *at)
{
	struct flame_node *node = root;

	if (!strcmp(run_samples_name(s, stack, 0), SAMPLES_IDLE))
		return;
	add_count(root, at, stack->count);
	for (guint i = 0; i < stack->frames; i++) {
		node = find_child(node, run_samples_name(s, stack, i));
		add_count(node, at, stack->count);
	}
}

static void add_load(struct flame_node *root, const struct run_samples *s, const struct place *at)
{
	for (guint i = 0; i < s->stacks->len; i++)
		add_stack(root, s, &g_array_index(s->stacks, struct run_stack, i), at);
}

static void add_side(struct flame_node *root, const struct run *r, const char *arm, const char *cell,
		     enum flame_side side)
{
	struct place at = { .side = side };
	g_autoptr(GPtrArray) boots = run_complete_cells(r, arm, cell);

	for (guint i = 0; i < boots->len; i++) {
		const GPtrArray *loads = boots->pdata[i];

		if (!samples_has_boot(r, loads))
			continue;
		for (guint k = 0; k < loads->len; k++)
			add_load(root, run_find_samples(r, loads->pdata[k]), &at);
		at.boot++;
	}
}

struct flame_node *flame_tree_new(const struct samples *s, const struct samples_cell *cell, unsigned int arm)
{
	const struct comparison *c = s->comparison;
	const char *row = comparison_cell(c, cell->cell);
	struct flame_node *root = node_new(g_strdup("all"));

	add_side(root, c->run, c->baseline->name, row, FLAME_BASELINE);
	add_side(root, c->run, c->arms[arm].name, row, FLAME_CANDIDATE);
	return root;
}

guint flame_tree_depth(const struct flame_node *root)
{
	guint deepest = 0;

	for (guint i = 0; i < root->children->len; i++)
		deepest = MAX(deepest, 1 + flame_tree_depth(root->children->pdata[i]));
	return deepest;
}

double flame_tree_share(const struct flame_node *root, const struct flame_node *node, enum flame_side side)
{
	return root->counts[side] ? 100.0 * node->counts[side] / root->counts[side] : 0;
}

/* Without those of what it calls. */
static guint64 own_count(const struct flame_node *node, enum flame_side side)
{
	guint64 count = node->counts[side];

	for (guint i = 0; i < node->children->len; i++)
		count -= ((const struct flame_node *)node->children->pdata[i])->counts[side];
	return count;
}

static void fold_node(const struct flame_node *node, const char *callers, GString *out)
{
	g_autofree char *stack = g_strconcat(callers, *callers ? ";" : "", node->name, NULL);
	guint64 base = own_count(node, FLAME_BASELINE), own = own_count(node, FLAME_CANDIDATE);

	if (base || own)
		g_string_append_printf(out, "%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", stack, base,
				       own);
	for (guint i = 0; i < node->children->len; i++)
		fold_node(node->children->pdata[i], stack, out);
}

void flame_tree_fold(const struct flame_node *root, GString *out)
{
	for (guint i = 0; i < root->children->len; i++)
		fold_node(root->children->pdata[i], "", out);
}
