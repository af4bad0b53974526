// SPDX-License-Identifier: GPL-2.0-only
#include "plan.h"

#include <string.h>

#include "base/error.h"
#include "plan-check.h"
#include "plan-schema.h"
#include "yaml-where.h"

static struct plan *parse(const char *text, const char *path, bool with_files, GError **error)
{
	g_autoptr(yaml_where) where = yaml_where_new(text, path, error);
	g_autoptr(plan) p = where ? plan_schema_load(text, path, where, error) : NULL;

	if (!p)
		return NULL;
	p->path = g_strdup(path);
	p->text = g_strdup(text);
	if (!plan_check(p, where, with_files, error))
		return NULL;
	return g_steal_pointer(&p);
}

/* @text ends at a NUL, the file does not. */
static void refuse_nul(const char *text, const char *path, GError **error)
{
	const char *newline = strrchr(text, '\n');
	guint line = 1;

	for (const char *c = text; *c; c++)
		line += *c == '\n';
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s:%u:%zu: a byte of value 0 stands here; a plan is text", path, line,
		    strlen(newline ? newline + 1 : text) + 1);
}

struct plan *plan_load(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) reason = NULL;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "cannot read the plan: %s", reason->message);
		return NULL;
	}
	if (strlen(text) == length)
		return parse(text, path, true, error);
	refuse_nul(text, path, error);
	return NULL;
}

struct plan *plan_parse_frozen(const char *text, const char *path, GError **error)
{
	return parse(text, path, false, error);
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	g_clear_pointer(&p->path, g_free);
	g_clear_pointer(&p->text, g_free);
	plan_schema_free(p);
}

const struct plan_arm *plan_find_arm(const struct plan *p, const char *name)
{
	if (p->aa && !strcmp(name, PLAN_AA_ARM))
		name = p->baseline;
	for (unsigned int i = 0; i < p->arms_count; i++) {
		if (!strcmp(p->arms[i].name, name))
			return &p->arms[i];
	}
	return NULL;
}

GPtrArray *plan_arm_names(const struct plan *p)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (unsigned int i = 0; i < p->arms_count; i++)
		g_ptr_array_add(names, g_strdup(p->arms[i].name));
	if (p->aa)
		g_ptr_array_add(names, g_strdup(PLAN_AA_ARM));
	return names;
}

static void row_free(gpointer data)
{
	struct plan_row *row = data;

	g_free(row->name);
	g_free(row);
}

static struct plan_row *row_new(const struct plan_cell *cell, unsigned int threads)
{
	struct plan_row *row = g_new0(struct plan_row, 1);
	GString *name = g_string_new(NULL);

	g_string_append_printf(name, "%s/%u", cell->test, threads);
	if (cell->pages > 0)
		g_string_append_printf(name, "/p%u", cell->pages);
	if (cell->huge)
		g_string_append(name, "/huge");
	row->name = g_string_free(name, FALSE);
	row->cell = cell;
	row->threads = threads;
	return row;
}

GPtrArray *plan_rows(const struct plan *p)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);

	for (unsigned int i = 0; i < p->cells_count; i++) {
		for (unsigned int t = 0; t < p->cells[i].threads_count; t++)
			g_ptr_array_add(rows, row_new(&p->cells[i], p->cells[i].threads[t]));
	}
	return rows;
}
