// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "journal/attach-run.h"
#include "journal/journal.h"
#include "journal/machines.h"
#include "journal/run-memory.h"
#include "journal/run-trace.h"

static void boot_free(gpointer data)
{
	struct source_boot *boot = data;

	json_decref(boot->up);
	g_hash_table_unref(boot->cells);
	g_free(boot);
}

static void source_free(gpointer data)
{
	struct source *s = data;

	g_clear_pointer(&s->of_boot, g_hash_table_unref);
	g_clear_pointer(&s->boots, g_ptr_array_unref);
	g_clear_pointer(&s->loads, g_array_unref);
	g_clear_pointer(&s->cells, g_ptr_array_unref);
	comparison_free(s->comparison);
	run_free(s->run);
	g_free(s->name);
	g_free(s);
}

/* Boots are told of by their begin; one that is not is known from what it left. */
static void add_boot(struct source *s, const char *name, const char *arm, unsigned int block, bool traced)
{
	struct source_boot *boot;

	if (!name || g_hash_table_contains(s->of_boot, name))
		return;
	boot = g_new0(struct source_boot, 1);
	*boot = (struct source_boot){
		.name = name,
		.arm = arm,
		.block = block,
		.traced = traced,
		.cells = g_hash_table_new(g_str_hash, g_str_equal),
	};
	g_ptr_array_add(s->boots, boot);
	g_hash_table_insert(s->of_boot, (char *)name, boot);
}

/* The first counts, as for run_find_end(). */
static void note_end(struct source *s, const struct run_boot_end *end)
{
	struct source_boot *boot = end->boot ? g_hash_table_lookup(s->of_boot, end->boot) : NULL;

	if (boot && !boot->end)
		boot->end = end;
}

static void add_boots_of_loads(struct source *s, const GPtrArray *loads)
{
	for (guint i = 0; i < loads->len; i++) {
		const struct run_load *load = loads->pdata[i];

		add_boot(s, load->boot, load->arm, load->block, load->probe != RUN_PROBE_NONE);
	}
}

static void add_boot_at(struct source *s, const struct run_at *at, bool traced)
{
	add_boot(s, at->boot, at->arm, at->block, traced);
}

/* A boot that was interrupted may have left these and no load. Profiles have no row without their load. */
static void add_boots_of_records(struct source *s)
{
	const struct run *r = s->run;

	for (guint i = 0; i < r->hists->len; i++)
		add_boot_at(s, &((const struct run_hist *)r->hists->pdata[i])->at, true);
	for (guint i = 0; i < r->locks->len; i++)
		add_boot_at(s, &((const struct run_lock *)r->locks->pdata[i])->at, true);
	for (guint i = 0; i < r->events->len; i++)
		add_boot_at(s, &((const struct run_events *)r->events->pdata[i])->at, true);
	for (guint i = 0; i < r->calls->len; i++) {
		const struct run_calls *calls = r->calls->pdata[i];

		add_boot_at(s, &calls->at, calls->probe != RUN_PROBE_NONE);
	}
	for (guint i = 0; i < r->memories->len; i++) {
		const struct run_memory *m = r->memories->pdata[i];

		add_boot_at(s, &m->at, m->probe != RUN_PROBE_NONE);
	}
}

static void find_boots(struct source *s)
{
	const struct run *r = s->run;

	for (guint i = 0; i < r->starts->len; i++) {
		const struct run_boot_start *start = r->starts->pdata[i];

		add_boot(s, start->boot, start->arm, start->block, start->traced);
	}
	add_boots_of_loads(s, r->loads);
	add_boots_of_loads(s, r->traced_loads);
	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];

		add_boot(s, end->boot, end->arm, end->block, end->traced);
		note_end(s, end);
	}
	add_boots_of_records(s);
	for (guint i = 0; i < r->splats->len; i++) {
		const struct run_splat *splat = r->splats->pdata[i];

		add_boot(s, splat->boot, splat->arm, 0, false);
	}
}

static void add_loads(struct source *s, const GPtrArray *list, const char *kind)
{
	for (guint i = 0; list && i < list->len; i++) {
		const struct run_load *load = list->pdata[i];
		const struct source_load entry = { load, kind ? kind : run_probe_name(load->probe) };

		g_array_append_val(s->loads, entry);
	}
}

/* Those with one loop lie by boot and cell. */
static void find_loads(struct source *s)
{
	add_loads(s, s->run->loads, "timed");
	for (guint i = 0; i < s->boots->len; i++) {
		for (guint cell = 0; cell < s->cells->len; cell++) {
			const struct source_boot *boot = s->boots->pdata[i];

			add_loads(s, run_setup_loads(s->run, boot->name, s->cells->pdata[cell]), "setup");
		}
	}
	add_loads(s, s->run->traced_loads, NULL);
}

static void add_cell(struct source *s, const char *cell)
{
	if (cell && !g_ptr_array_find_with_equal_func(s->cells, cell, g_str_equal, NULL))
		g_ptr_array_add(s->cells, (char *)cell);
}

static void add_cells_of(struct source *s, const GPtrArray *loads)
{
	const char *before = NULL;

	for (guint i = 0; i < loads->len; i++) {
		const char *cell = ((const struct run_load *)loads->pdata[i])->cell;

		/* Of equal texts of loads it is the same pointer. */
		if (cell != before)
			add_cell(s, cell);
		before = cell;
	}
}

static void find_cells(struct source *s)
{
	const struct run *r = s->run;

	for (guint i = 0; i < s->comparison->cells->len; i++)
		add_cell(s, comparison_cell(s->comparison, i));
	add_cells_of(s, r->loads);
	add_cells_of(s, r->traced_loads);
	for (guint i = 0; i < r->hists->len; i++)
		add_cell(s, ((const struct run_hist *)r->hists->pdata[i])->at.cell);
	for (guint i = 0; i < r->calls->len; i++)
		add_cell(s, ((const struct run_calls *)r->calls->pdata[i])->at.cell);
	for (guint i = 0; i < r->locks->len; i++)
		add_cell(s, ((const struct run_lock *)r->locks->pdata[i])->at.cell);
	for (guint i = 0; i < r->events->len; i++)
		add_cell(s, ((const struct run_events *)r->events->pdata[i])->at.cell);
	for (guint i = 0; i < r->memories->len; i++)
		add_cell(s, ((const struct run_memory *)r->memories->pdata[i])->at.cell);
}

static void mark_timed(struct source *s, const char *arm, const struct plan_row *row)
{
	g_autoptr(GPtrArray) complete = run_complete_cells(s->run, arm, row->name);

	for (guint i = 0; i < complete->len; i++) {
		const struct run_load *first = ((const GPtrArray *)complete->pdata[i])->pdata[0];
		struct source_boot *boot = g_hash_table_lookup(s->of_boot, first->boot);

		g_hash_table_add(boot->cells, row->name);
	}
}

static void mark_traced(struct source *s, const char *arm, const struct plan_row *row)
{
	g_autoptr(GPtrArray) complete = run_traced_boots(s->run, arm, row->name);

	for (guint i = 0; i < complete->len; i++) {
		struct source_boot *boot = g_hash_table_lookup(s->of_boot, complete->pdata[i]);

		if (boot)
			g_hash_table_add(boot->cells, row->name);
	}
}

static void mark_cells(struct source *s)
{
	const struct comparison *c = s->comparison;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++) {
			mark_timed(s, c->arms[i].name, c->cells->pdata[cell]);
			mark_traced(s, c->arms[i].name, c->cells->pdata[cell]);
		}
	}
}

static bool each_record(const json_t *record, guint line, void *data, GError **error)
{
	const struct source *s = data;
	const char *boot = json_text(record, "boot");
	struct source_boot *of = boot ? g_hash_table_lookup(s->of_boot, boot) : NULL;

	(void)line;
	(void)error;
	if (of && !of->up && !g_strcmp0(json_text(record, "t"), "boot") &&
	    !g_strcmp0(json_text(record, "event"), "up"))
		of->up = json_incref((json_t *)record);
	return true;
}

/* What a boot said of itself is in no struct of the run's. */
static bool read_ups(struct source *s, GError **error)
{
	g_autofree char *path = g_build_filename(s->run->dir, "journal.jsonl", NULL);

	return journal_read(path, each_record, s, NULL, error);
}

static struct source *source_open(const char *dir, char *name, GError **error)
{
	struct source *s = g_new0(struct source, 1);

	s->name = name;
	s->run = run_read(dir, error);
	if (!s->run)
		goto fail;
	s->comparison = comparison_new(s->run, COMPARISON_MEDIAN);
	s->boots = g_ptr_array_new_with_free_func(boot_free);
	s->of_boot = g_hash_table_new(g_str_hash, g_str_equal);
	s->loads = g_array_new(FALSE, FALSE, sizeof(struct source_load));
	s->cells = g_ptr_array_new();
	find_boots(s);
	find_cells(s);
	find_loads(s);
	mark_cells(s);
	if (read_ups(s, error))
		return s;
fail:
	source_free(s);
	return NULL;
}

static char *name_of(const char *dir)
{
	g_autofree char *absolute = g_canonicalize_filename(dir, NULL);

	return g_filename_display_basename(absolute);
}

static bool open_machine(struct source_list *all, const struct machines *m, const char *machine, GError **error)
{
	g_autofree char *dir = machines_run(m, machine);
	g_autofree char *around = name_of(m->dir);
	struct source *s;

	if (!machines_has_run(m, machine)) {
		g_ptr_array_add(all->missing, g_strdup(machine));
		return true;
	}
	s = source_open(dir, g_strdup_printf("%s/%s", around, machine), error);
	if (s)
		g_ptr_array_add(all->list, s);
	return s;
}

static bool open_machines(struct source_list *all, const char *dir, GError **error)
{
	g_autoptr(machines) m = machines_read(dir, error);

	for (guint i = 0; m && i < m->names->len; i++) {
		if (!open_machine(all, m, m->names->pdata[i], error))
			return false;
	}
	if (m && !all->list->len)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: no machine has a run yet", dir);
	return m && all->list->len;
}

static bool open_run(struct source_list *all, const char *dir, GError **error)
{
	struct source *s = source_open(dir, name_of(dir), error);

	if (s)
		g_ptr_array_add(all->list, s);
	return s;
}

struct source_list *source_list_open(const char *dir, GError **error)
{
	g_autoptr(source_list) all = g_new0(struct source_list, 1);

	all->list = g_ptr_array_new_with_free_func(source_free);
	all->missing = g_ptr_array_new_with_free_func(g_free);
	if (attach_run_is(dir)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is a run of attach, which has no arms, boots or loads to export; its "
			    "journal.jsonl has what was counted, an object a line (docs/attach.md)",
			    dir);
		return NULL;
	}
	return (machines_is(dir) ? open_machines : open_run)(all, dir, error) ? g_steal_pointer(&all) : NULL;
}

void source_list_free(struct source_list *s)
{
	if (!s)
		return;
	g_ptr_array_unref(s->list);
	g_ptr_array_unref(s->missing);
	g_free(s);
}

bool source_counts(const struct source *s, const char *boot, const char *cell)
{
	const struct source_boot *of = g_hash_table_lookup(s->of_boot, boot);

	return of && g_hash_table_contains(of->cells, cell);
}

const struct plan_row *source_row(const struct source *s, const char *cell)
{
	for (guint i = 0; i < s->comparison->cells->len; i++) {
		const struct plan_row *row = s->comparison->cells->pdata[i];

		if (!strcmp(row->name, cell))
			return row;
	}
	return NULL;
}
