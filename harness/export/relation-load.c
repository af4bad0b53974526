// SPDX-License-Identifier: GPL-2.0-only
/* Loads and the times of their workers: two tables, and one file. */
#include "relation.h"

static void each_load(const struct source *s, struct relation_rows *rows,
		      void (*add)(const struct source *s, struct relation_rows *rows,
				  const struct source_load *of))
{
	for (guint i = 0; i < s->loads->len; i++)
		add(s, rows, &g_array_index(s->loads, struct source_load, i));
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

static void add_load(const struct source *s, struct relation_rows *rows, const struct source_load *of)
{
	const struct run_load *load = of->load;

	relation_text(rows, s->name);
	relation_text(rows, load->boot);
	relation_text(rows, load->cell);
	relation_text(rows, of->kind);
	relation_count(rows, load->load);
	relation_number(rows, load->wall_us);
	relation_text(rows, load->clocksource);
	relation_count(rows, source_counts(s, load->boot, load->cell));
	relation_end(rows);
}

static void fill_load(const struct source *s, struct relation_rows *rows)
{
	each_load(s, rows, add_load);
}

const struct relation relation_load = {
	.name = "load",
	RELATION_COLUMNS(load_columns),
	.keys = "PRIMARY KEY (run, boot, cell, kind, load), "
		"FOREIGN KEY (run, boot) REFERENCES boot (run, boot), "
		"FOREIGN KEY (run, cell) REFERENCES cell (run, cell)",
	.joined = "loads",
	.fill = fill_load,
};

static const struct relation_column worker_columns[] = {
	{ "run", RELATION_TEXT },   { "boot", RELATION_TEXT },	  { "cell", RELATION_TEXT },
	{ "kind", RELATION_TEXT },  { "load", RELATION_INTEGER }, { "worker", RELATION_INTEGER },
	{ "value", RELATION_REAL },
};

static void add_workers(const struct source *s, struct relation_rows *rows, const struct source_load *of)
{
	const struct run_load *load = of->load;

	for (guint i = 0; i < load->workers_us->len; i++) {
		relation_text(rows, s->name);
		relation_text(rows, load->boot);
		relation_text(rows, load->cell);
		relation_text(rows, of->kind);
		relation_count(rows, load->load);
		relation_count(rows, i);
		relation_number(rows, g_array_index(load->workers_us, double, i));
		relation_end(rows);
	}
}

static void fill_worker(const struct source *s, struct relation_rows *rows)
{
	each_load(s, rows, add_workers);
}

const struct relation relation_worker = {
	.name = "worker",
	RELATION_COLUMNS(worker_columns),
	.keys = "PRIMARY KEY (run, boot, cell, kind, load, worker), "
		"FOREIGN KEY (run, boot, cell, kind, load) REFERENCES load (run, boot, cell, kind, load)",
	.joined = "loads",
	.fill = fill_worker,
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

static void add_joined(const struct source *s, struct relation_rows *rows, const struct source_load *of)
{
	const struct run_load *load = of->load;
	const struct plan_row *row = source_row(s, load->cell);

	for (guint i = 0; i < load->workers_us->len; i++) {
		relation_text(rows, s->name);
		relation_text(rows, s->run->plan->machine.name);
		relation_text(rows, load->arm);
		relation_count(rows, load->block);
		relation_text(rows, load->boot);
		relation_text(rows, load->cell);
		relation_text(rows, row ? row->cell->test : NULL);
		relation_size(rows, row ? row->threads : 0);
		relation_size(rows, row ? row->cell->loops : 0);
		relation_text(rows, of->kind);
		relation_count(rows, load->load);
		relation_count(rows, i);
		relation_number(rows, g_array_index(load->workers_us, double, i));
		relation_text(rows, run_unit(s->run));
		relation_number(rows, load->wall_us);
		relation_text(rows, load->clocksource);
		relation_count(rows, source_counts(s, load->boot, load->cell));
		relation_end(rows);
	}
}

static void fill_joined(const struct source *s, struct relation_rows *rows)
{
	each_load(s, rows, add_joined);
}

const struct relation relation_loads = { .name = "loads",
					 RELATION_COLUMNS(joined_columns),
					 .fill = fill_joined };
