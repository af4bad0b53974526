// SPDX-License-Identifier: GPL-2.0-only
#include "live-memory.h"

#include <math.h>
#include <string.h>

#include "plan/plan.h"

#define NAMED_BYTES 1.0

static void figure_free(gpointer data)
{
	struct live_figure *figure = data;

	g_free(figure->name);
	g_free(figure->sides);
	g_free(figure);
}

static void cell_free(gpointer data)
{
	struct live_cell *cell = data;

	g_ptr_array_unref(cell->figures);
	g_free(cell);
}

static void clear_sides(struct live_cell *cell, unsigned int arms_count)
{
	for (guint i = 0; i < cell->figures->len; i++) {
		struct live_figure *figure = cell->figures->pdata[i];

		for (unsigned int s = 0; s < arms_count * RUN_MOMENTS; s++)
			series_clear(&figure->sides[s / RUN_MOMENTS].moments[s % RUN_MOMENTS]);
	}
}

static struct live_figure *add_figure(struct live_cell *cell, unsigned int arms_count, enum live_kind kind,
				      const char *name)
{
	struct live_figure *figure = g_new0(struct live_figure, 1);

	figure->kind = kind;
	figure->name = g_strdup(name);
	figure->sides = g_new0(struct live_side, arms_count);
	for (unsigned int s = 0; s < arms_count * RUN_MOMENTS; s++)
		series_init(&figure->sides[s / RUN_MOMENTS].moments[s % RUN_MOMENTS]);
	g_ptr_array_add(cell->figures, figure);
	return figure;
}

static double cache_growth(const struct run_memory *m, const struct run_cache *cache, enum run_moment moment)
{
	return (double)(cache->slabs[moment] - cache->slabs[RUN_BEFORE]) * cache->slab_pages * m->page_bytes;
}

/*
 * One record and its caches by name: of all names that guests have for caches each is sought in every record.
 */
struct record {
	const struct run_memory *of;
	GHashTable *caches; /* names to struct run_cache *, borrowed; the first of a name counts */
};

static void record_free(gpointer data)
{
	struct record *record = data;

	g_hash_table_unref(record->caches);
	g_free(record);
}

static struct record *record_new(const struct run_memory *m)
{
	struct record *record = g_new0(struct record, 1);

	record->of = m;
	record->caches = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < m->caches->len; i++) {
		struct run_cache *cache = m->caches->pdata[i];

		if (!g_hash_table_contains(record->caches, cache->name))
			g_hash_table_insert(record->caches, cache->name, cache);
	}
	return record;
}

static gint64 total_growth(const struct run_memory *m, const char *name, enum run_moment moment)
{
	const struct run_total *total = run_memory_total(m, name);

	return total ? (total->kib[moment] - total->kib[RUN_BEFORE]) * 1024 : 0;
}

static double growth_of(const struct record *record, const struct live_figure *figure, enum run_moment moment)
{
	const struct run_memory *m = record->of;
	const struct run_cache *cache;
	double sum = 0;

	switch (figure->kind) {
	case LIVE_CACHE:
		/* A cache that is not in the record is as it was. */
		cache = g_hash_table_lookup(record->caches, figure->name);
		return cache ? cache_growth(m, cache, moment) : 0;
	case LIVE_PERCPU:
		return total_growth(m, "Percpu", moment);
	case LIVE_PAGE_TABLES:
		return total_growth(m, "PageTables", moment);
	case LIVE_TOTAL:
		break;
	}
	for (guint i = 0; i < m->caches->len; i++)
		sum += cache_growth(m, m->caches->pdata[i], moment);
	return sum + total_growth(m, "Percpu", moment) + total_growth(m, "PageTables", moment);
}

/* The records of @arm in boots that have the whole cell, ordered by block: struct record *. Caller frees. */
static GPtrArray *records_of(const struct comparison *c, const char *arm, const char *cell)
{
	g_autoptr(GPtrArray) boots = run_complete_cells(c->run, arm, cell);
	GPtrArray *records = g_ptr_array_new_with_free_func(record_free);

	for (guint i = 0; i < boots->len; i++) {
		const GPtrArray *loads = boots->pdata[i];
		const struct run_load *first = loads->pdata[0];
		const struct run_memory *m = run_find_memory(c->run, first->boot, cell);

		if (m)
			g_ptr_array_add(records, record_new(m));
	}
	return records;
}

/* @known: the names that have a figure. */
static void add_caches(struct live_cell *cell, unsigned int arms_count, const GPtrArray *records,
		       GHashTable *known)
{
	for (guint r = 0; r < records->len; r++) {
		const struct run_memory *m = ((const struct record *)records->pdata[r])->of;

		cell->areas = m->areas;
		for (guint i = 0; i < m->caches->len; i++) {
			const struct run_cache *cache = m->caches->pdata[i];

			if (g_hash_table_add(known, cache->name))
				add_figure(cell, arms_count, LIVE_CACHE, cache->name);
		}
	}
}

static void fill_side(struct live_figure *figure, unsigned int arm, const GPtrArray *records)
{
	for (enum run_moment moment = RUN_HELD; moment < RUN_MOMENTS; moment++) {
		struct series *s = &figure->sides[arm].moments[moment];

		for (guint i = 0; i < records->len; i++) {
			const struct record *record = records->pdata[i];

			series_add(s, record->of->at.block,
				   growth_of(record, figure, moment) / record->of->areas);
		}
		series_finish(s);
	}
}

/* In any arm. */
static double largest(const struct live_figure *figure, unsigned int arms_count)
{
	double most = 0;

	for (unsigned int arm = 0; arm < arms_count; arm++) {
		double median = figure->sides[arm].moments[RUN_HELD].median;

		if (median > most)
			most = median;
	}
	return most;
}

static gint compare_figures(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct live_figure *first = *(struct live_figure *const *)a;
	const struct live_figure *second = *(struct live_figure *const *)b;
	unsigned int arms_count = *(const unsigned int *)data;
	double x = largest(first, arms_count), y = largest(second, arms_count);

	if (first->kind != second->kind)
		return (first->kind > second->kind) - (first->kind < second->kind);
	if (x != y)
		return (x < y) - (x > y);
	return strcmp(first->name, second->name);
}

static struct live_cell *cell_new(const struct comparison *c, guint index, GPtrArray *const *records)
{
	struct live_cell *cell = g_new0(struct live_cell, 1);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	unsigned int arms_count = c->arms_count;

	cell->cell = index;
	cell->figures = g_ptr_array_new_with_free_func(figure_free);
	for (unsigned int arm = 0; arm < arms_count; arm++)
		add_caches(cell, arms_count, records[arm], known);
	add_figure(cell, arms_count, LIVE_PERCPU, "percpu");
	add_figure(cell, arms_count, LIVE_PAGE_TABLES, "page tables");
	add_figure(cell, arms_count, LIVE_TOTAL, "total");
	for (guint i = 0; i < cell->figures->len; i++) {
		for (unsigned int arm = 0; arm < arms_count; arm++)
			fill_side(cell->figures->pdata[i], arm, records[arm]);
	}
	g_ptr_array_sort_with_data(cell->figures, compare_figures, &arms_count);
	return cell;
}

static void add_cell(struct live_memory *m, guint index)
{
	const struct comparison *c = m->comparison;
	const struct plan_row *row = c->cells->pdata[index];
	g_autofree GPtrArray **records = g_new0(GPtrArray *, c->arms_count);
	guint all = 0;

	for (unsigned int arm = 0; arm < c->arms_count; arm++) {
		records[arm] = records_of(c, c->arms[arm].name, row->name);
		all += records[arm]->len;
	}
	if (all)
		g_ptr_array_add(m->cells, cell_new(c, index, records));
	for (unsigned int arm = 0; arm < c->arms_count; arm++)
		g_ptr_array_unref(records[arm]);
}

struct live_memory *live_memory_new(const struct comparison *c)
{
	struct live_memory *m = g_new0(struct live_memory, 1);

	m->comparison = c;
	m->cells = g_ptr_array_new_with_free_func(cell_free);
	for (guint cell = 0; c->run->memories->len && cell < c->cells->len; cell++)
		add_cell(m, cell);
	return m;
}

void live_memory_free(struct live_memory *m)
{
	if (!m)
		return;
	for (guint i = 0; i < m->cells->len; i++)
		clear_sides(m->cells->pdata[i], m->comparison->arms_count);
	g_ptr_array_unref(m->cells);
	g_free(m);
}

bool live_memory_is_named(const struct live_memory *m, const struct live_figure *figure)
{
	double most = largest(figure, m->comparison->arms_count);

	if (figure->kind != LIVE_CACHE)
		return true;
	if (g_str_has_prefix(figure->name, "vmap_") || g_str_has_prefix(figure->name, "maple_node"))
		return most > 0;
	return most >= NAMED_BYTES;
}

double live_memory_floor(const struct live_memory *m, const struct live_figure *figure, enum run_moment moment)
{
	const struct comparison *c = m->comparison;
	double lowest = INFINITY, highest = -INFINITY;
	guint boots = 0;

	for (unsigned int arm = 0; arm < c->arms_count; arm++) {
		const struct series *s = &figure->sides[arm].moments[moment];

		if (&c->arms[arm] != c->baseline && c->arms[arm].role != COMPARISON_AA)
			continue;
		for (guint i = 0; i < s->figures->len; i++, boots++) {
			lowest = fmin(lowest, series_figures(s)[i]);
			highest = fmax(highest, series_figures(s)[i]);
		}
	}
	return boots < 2 ? NAN : highest - lowest;
}
