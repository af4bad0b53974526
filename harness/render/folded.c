// SPDX-License-Identifier: GPL-2.0-only
#include "folded.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"

/* "kthread;test_func;vmalloc". Caller frees. */
static char *fold(const struct run_samples *s, const struct run_stack *stack)
{
	GString *folded = g_string_new(NULL);

	for (guint i = 0; i < stack->frames; i++)
		g_string_append_printf(folded, "%s%s", i ? ";" : "", run_samples_name(s, stack, i));
	return g_string_free(folded, FALSE);
}

static void add_load(GHashTable *counts, const struct run_samples *s)
{
	for (guint i = 0; s && i < s->stacks->len; i++) {
		const struct run_stack *stack = &g_array_index(s->stacks, struct run_stack, i);
		char *folded = fold(s, stack);
		guint64 *count = g_hash_table_lookup(counts, folded);

		if (count) {
			*count += stack->count;
			g_free(folded);
			continue;
		}
		count = g_new(guint64, 1);
		*count = stack->count;
		g_hash_table_insert(counts, folded, count);
	}
}

/* All boots of @arm under @cell: texts to guint64. */
static GHashTable *fold_all(const struct run *r, const char *arm, const char *cell)
{
	GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GPtrArray) boots = run_complete_cells(r, arm, cell);

	for (guint i = 0; i < boots->len; i++) {
		const GPtrArray *loads = boots->pdata[i];

		for (guint k = 0; k < loads->len; k++)
			add_load(counts, run_find_samples(r, loads->pdata[k]));
	}
	return counts;
}

static bool write_counts(GHashTable *counts, const char *path, GError **error)
{
	g_autoptr(GList) stacks = g_list_sort(g_hash_table_get_keys(counts), (GCompareFunc)strcmp);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) reason = NULL;

	for (GList *l = stacks; l; l = l->next)
		g_string_append_printf(text, "%s %" G_GUINT64_FORMAT "\n", (const char *)l->data,
				       *(guint64 *)g_hash_table_lookup(counts, l->data));
	if (g_file_set_contents(path, text->str, text->len, &reason))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write the folded stacks: %s",
		    reason->message);
	return false;
}

static bool write_side(const struct samples *s, const struct samples_cell *cell, unsigned int arm,
		       const char *dir, GError **error)
{
	const struct comparison *c = s->comparison;
	const struct plan_row *row = c->cells->pdata[cell->cell];
	g_autofree char *called = g_strdup_printf("%s-%s", c->arms[arm].name, row->name);
	g_autofree char *name = path_file_name(called);
	g_autofree char *file = g_strconcat(name, ".folded", NULL);
	g_autofree char *path = g_build_filename(dir, file, NULL);
	g_autoptr(GHashTable) counts = NULL;

	if (!cell->sides[arm].known)
		return true;
	counts = fold_all(c->run, c->arms[arm].name, row->name);
	return write_counts(counts, path, error);
}

bool folded_write(const struct samples *s, const char *dir, GError **error)
{
	if (s->cells->len && !path_make_dirs(dir, error))
		return false;
	for (guint i = 0; i < s->cells->len; i++) {
		for (unsigned int arm = 0; arm < s->comparison->arms_count; arm++) {
			if (!write_side(s, s->cells->pdata[i], arm, dir, error))
				return false;
		}
	}
	return true;
}
