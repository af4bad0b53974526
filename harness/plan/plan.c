// SPDX-License-Identifier: GPL-2.0-only
#include "plan.h"

#include "base/error.h"
#include "base/schema.h"
#include "base/yaml-where.h"
#include "plan-check.h"
#include "plan-rebuild.h"
#include "plan-schema.h"
#include "plan-series.h"

/* Beyond what the text says. */
struct reading {
	bool with_files;		/* that the plan names */
	bool expanded;			/* an arm for each patch of @choice, or as @series has them */
	const struct plan_choice *choice;
	json_t *series;
	const struct plan_target *target;	/* NULL: the only machine, as it stands */
};

static bool expand(struct plan *p, const struct yaml_where *where, const struct reading *how, GError **error)
{
	if (!how->expanded)
		return true;
	p->series = json_incref(how->series);
	return (p->series || plan_series_describe(p, where, how->choice, error)) && plan_series_apply(p, error);
}

static struct plan *parse(const char *text, const char *path, const struct reading *how, GError **error)
{
	g_autoptr(yaml_where) where = yaml_where_new(text, path, "plan", error);
	g_autoptr(plan) p = where ? plan_schema_load(text, where, error) : NULL;

	if (!p)
		return NULL;
	p->path = g_strdup(path);
	p->text = g_strdup(text);
	if (!plan_check(p, where, how->target, how->with_files, error) || !expand(p, where, how, error))
		return NULL;
	plan_rebuild_add(p);
	return g_steal_pointer(&p);
}

static struct plan *load(const char *path, const struct reading *how, GError **error)
{
	g_autofree char *text = schema_read_file(path, "plan", error);

	return text ? parse(text, path, how, error) : NULL;
}

struct plan *plan_load(const char *path, GError **error)
{
	return plan_load_on(path, NULL, error);
}

struct plan *plan_load_on(const char *path, const struct plan_target *target, GError **error)
{
	return load(path, &(struct reading){ .with_files = true, .target = target }, error);
}

struct plan *plan_load_text(const char *text, const char *path, const struct plan_target *target,
			    GError **error)
{
	return parse(text, path, &(struct reading){ .with_files = true, .target = target }, error);
}

struct plan *plan_load_series(const char *path, const struct plan_target *target,
			      const struct plan_choice *choice, GError **error)
{
	const struct reading how = {
		.with_files = true, .expanded = true, .choice = choice, .target = target,
	};

	return load(path, &how, error);
}

/* The names of the machines that the plan lists, char *; NULL with @error when it is none. */
static GPtrArray *read_machines(const char *text, const char *path, GError **error)
{
	g_autoptr(yaml_where) where = yaml_where_new(text, path, "plan", error);
	struct plan *p = where ? plan_schema_load(text, where, error) : NULL;
	GPtrArray *names;

	if (!p)
		return NULL;
	names = g_ptr_array_new_with_free_func(g_free);
	for (unsigned int i = 0; i < p->machines_count; i++)
		g_ptr_array_add(names, g_strdup(p->machines[i].name));
	plan_schema_free(p);
	return names;
}

/* Those of @listed that are wanted. What is wanted and not listed stays, too, for plan-machine.c to refuse. */
static GPtrArray *choose_machines(const GPtrArray *listed, const char *const *wanted)
{
	GPtrArray *chosen = g_ptr_array_new();

	for (guint i = 0; i < listed->len; i++) {
		if (!wanted || g_strv_contains(wanted, listed->pdata[i]))
			g_ptr_array_add(chosen, listed->pdata[i]);
	}
	for (; wanted && *wanted; wanted++) {
		if (!g_ptr_array_find_with_equal_func(chosen, *wanted, g_str_equal, NULL))
			g_ptr_array_add(chosen, (char *)*wanted);
	}
	if (!chosen->len)
		g_ptr_array_add(chosen, NULL);
	return chosen;
}

GPtrArray *plan_load_each(const char *path, const char *const *machines, const char *arch, GError **error)
{
	g_autofree char *text = schema_read_file(path, "plan", error);
	g_autoptr(GPtrArray) listed = text ? read_machines(text, path, error) : NULL;
	g_autoptr(GPtrArray) chosen = listed ? choose_machines(listed, machines) : NULL;
	g_autoptr(GPtrArray) plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);

	if (!chosen)
		return NULL;
	if (arch && chosen->len > 1) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "--arch: %s lists machines, each of an architecture of its own; choose one by "
			    "--machine",
			    path);
		return NULL;
	}
	for (guint i = 0; i < chosen->len; i++) {
		const struct plan_target target = { .machine = chosen->pdata[i], .arch = arch };
		struct plan *p = plan_load_text(text, path, &target, error);

		if (!p)
			return NULL;
		g_ptr_array_add(plans, p);
	}
	return g_steal_pointer(&plans);
}

struct plan *plan_parse_frozen(const char *text, const char *path, GError **error)
{
	return parse(text, path, &(struct reading){ 0 }, error);
}

struct plan *plan_parse_manifest(const char *text, const char *path, const struct plan_frozen *frozen,
				 GError **error)
{
	const struct reading how = {
		.expanded = frozen->series, .series = frozen->series, .target = &frozen->target,
	};

	return parse(text, path, &how, error);
}

void plan_set_board(struct plan *p, const char *arch, unsigned int cpus)
{
	g_free(p->machine.arch);
	p->machine.arch = g_strdup(arch);
	p->machine.smp = cpus;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	g_clear_pointer(&p->path, g_free);
	g_clear_pointer(&p->text, g_free);
	g_clear_pointer(&p->patches, g_ptr_array_unref);
	g_clear_pointer(&p->series, json_decref);
	g_clear_pointer(&p->target, json_decref);
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

char *plan_cell_name(const struct plan_cell *cell, unsigned int threads)
{
	GString *name = g_string_new(cell->test);

	if (threads > 0)
		g_string_append_printf(name, "/%u", threads);
	if (cell->pages > 0)
		g_string_append_printf(name, "/p%u", cell->pages);
	if (cell->live > 0)
		g_string_append_printf(name, "/l%u", cell->live);
	if (cell->huge)
		g_string_append(name, "/huge");
	if (cell->latency)
		g_string_append(name, "/lat");
	if (cell->pressure)
		g_string_append(name, "/pressure");
	return g_string_free(name, FALSE);
}

static struct plan_row *row_new(const struct plan_cell *cell, unsigned int threads)
{
	struct plan_row *row = g_new0(struct plan_row, 1);

	row->name = plan_cell_name(cell, threads);
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
