// SPDX-License-Identifier: GPL-2.0-only
/* Loads and the times of their workers: two tables, and one file. */
#include "relation.h"

#include <math.h>

#include "journal/run-trace.h"

/* A load: which kind of it, and whose. */
struct loads {
	const struct source *source;
	struct relation_rows *rows;
	void (*add)(const struct loads *l, const struct run_load *load, const char *kind);
};

static const char *kind_of(const struct run_load *load)
{
	const char *probe = run_probe_name(load->probe);

	return probe ? probe : "timed";
}

static void each_list(const struct loads *l, const GPtrArray *list, const char *kind)
{
	for (guint i = 0; list && i < list->len; i++)
		l->add(l, list->pdata[i], kind ? kind : kind_of(list->pdata[i]));
}

/* Those with one loop lie by boot and cell. */
static void each_setup(const struct loads *l)
{
	const struct source *s = l->source;

	for (guint i = 0; i < s->boots->len; i++) {
		for (guint cell = 0; cell < s->comparison->cells->len; cell++) {
			const char *boot = ((const struct source_boot *)s->boots->pdata[i])->name;
			const struct plan_row *row = s->comparison->cells->pdata[cell];

			each_list(l, run_setup_loads(s->run, boot, row->name), "setup");
		}
	}
}

static void each_load(const struct loads *l)
{
	each_list(l, l->source->run->loads, NULL);
	each_setup(l);
	each_list(l, l->source->run->traced_loads, NULL);
}

static const struct relation_column load_columns[] = {
	{ "run", RELATION_TEXT },
	{ "boot", RELATION_TEXT },
	{ "cell", RELATION_TEXT },
	{ "kind", RELATION_TEXT },
	{ "load", RELATION_INTEGER },
	{ "wall", RELATION_REAL },
	{ "clocksource", RELATION_TEXT, true },
	{ "counts", RELATION_INTEGER },
};

static void add_load(const struct loads *l, const struct run_load *load, const char *kind)
{
	relation_text(l->rows, l->source->name);
	relation_text(l->rows, load->boot);
	relation_text(l->rows, load->cell);
	relation_text(l->rows, kind);
	relation_count(l->rows, load->load);
	relation_number(l->rows, load->wall_us);
	relation_text(l->rows, load->clocksource);
	relation_count(l->rows, source_counts(l->source, load->boot, load->cell));
	relation_end(l->rows);
}

static void fill_load(const struct source *s, struct relation_rows *rows)
{
	each_load(&(struct loads){ s, rows, add_load });
}

const struct relation relation_load = {
	.name = "load", RELATION_COLUMNS(load_columns),
	.keys = "PRIMARY KEY (run, boot, cell, kind, load), "
		"FOREIGN KEY (run, boot) REFERENCES boot (run, boot), "
		"FOREIGN KEY (run, cell) REFERENCES cell (run, cell)",
	.joined = "loads", .fill = fill_load,
};

static const struct relation_column worker_columns[] = {
	{ "run", RELATION_TEXT },
	{ "boot", RELATION_TEXT },
	{ "cell", RELATION_TEXT },
	{ "kind", RELATION_TEXT },
	{ "load", RELATION_INTEGER },
	{ "worker", RELATION_INTEGER },
	{ "value", RELATION_REAL },
};

static void add_workers(const struct loads *l, const struct run_load *load, const char *kind)
{
	for (guint i = 0; i < load->workers_us->len; i++) {
		relation_text(l->rows, l->source->name);
		relation_text(l->rows, load->boot);
		relation_text(l->rows, load->cell);
		relation_text(l->rows, kind);
		relation_count(l->rows, load->load);
		relation_count(l->rows, i);
		relation_number(l->rows, g_array_index(load->workers_us, double, i));
		relation_end(l->rows);
	}
}

static void fill_worker(const struct source *s, struct relation_rows *rows)
{
	each_load(&(struct loads){ s, rows, add_workers });
}

const struct relation relation_worker = {
	.name = "worker", RELATION_COLUMNS(worker_columns),
	.keys = "PRIMARY KEY (run, boot, cell, kind, load, worker), "
		"FOREIGN KEY (run, boot, cell, kind, load) REFERENCES load (run, boot, cell, kind, load)",
	.joined = "loads", .fill = fill_worker,
};

static const struct relation_column joined_columns[] = {
	{ "run", RELATION_TEXT },
	{ "machine", RELATION_TEXT, true },
	{ "arm", RELATION_TEXT },
	{ "block", RELATION_INTEGER },
	{ "boot", RELATION_TEXT },
	{ "cell", RELATION_TEXT },
	{ "test", RELATION_TEXT, true },
	{ "threads", RELATION_INTEGER, true },
	{ "loops", RELATION_INTEGER, true },
	{ "kind", RELATION_TEXT },
	{ "load", RELATION_INTEGER },
	{ "worker", RELATION_INTEGER },
	{ "value", RELATION_REAL },
	{ "unit", RELATION_TEXT },
	{ "wall", RELATION_REAL },
	{ "clocksource", RELATION_TEXT, true },
	{ "counts", RELATION_INTEGER },
};

static void add_joined(const struct loads *l, const struct run_load *load, const char *kind)
{
	const struct source *s = l->source;
	const struct plan_row *row = source_row(s, load->cell);

	for (guint i = 0; i < load->workers_us->len; i++) {
		relation_text(l->rows, s->name);
		relation_text(l->rows, s->run->plan->machine.name);
		relation_text(l->rows, load->arm);
		relation_count(l->rows, load->block);
		relation_text(l->rows, load->boot);
		relation_text(l->rows, load->cell);
		relation_text(l->rows, row ? row->cell->test : NULL);
		relation_size(l->rows, row ? row->threads : 0);
		relation_size(l->rows, row ? row->cell->loops : 0);
		relation_text(l->rows, kind);
		relation_count(l->rows, load->load);
		relation_count(l->rows, i);
		relation_number(l->rows, g_array_index(load->workers_us, double, i));
		relation_text(l->rows, run_unit(s->run));
		relation_number(l->rows, load->wall_us);
		relation_text(l->rows, load->clocksource);
		relation_count(l->rows, source_counts(s, load->boot, load->cell));
		relation_end(l->rows);
	}
}

static void fill_joined(const struct source *s, struct relation_rows *rows)
{
	each_load(&(struct loads){ s, rows, add_joined });
}

const struct relation relation_loads = { .name = "loads", RELATION_COLUMNS(joined_columns), .fill = fill_joined };
