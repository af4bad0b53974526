// SPDX-License-Identifier: GPL-2.0-only
#include "run-memory.h"

#include <string.h>

#include "base/json.h"
#include "run-trace-read.h"
#include "runners/record-limits.h"

static void total_free(gpointer data)
{
	struct run_total *total = data;

	g_free(total->name);
	g_free(total);
}

static void cache_free(gpointer data)
{
	struct run_cache *cache = data;

	g_free(cache->name);
	g_free(cache);
}

void run_memory_free(gpointer data)
{
	struct run_memory *m = data;

	run_at_clear(&m->at);
	g_ptr_array_unref(m->totals);
	g_ptr_array_unref(m->caches);
	g_free(m);
}

static void read_moments(struct fields *f, const char *key, gint64 *ret)
{
	const json_t *list = fields_list(f, key, RUN_MOMENTS);

	for (size_t i = 0; i < RUN_MOMENTS; i++) {
		const json_t *value = json_array_get(list, i);

		ret[i] = json_integer_value(value);
		if (!json_is_integer(value) || ret[i] < 0 || ret[i] > RECORD_MOMENT_MAX)
			fields_refuse(f, key, "four whole numbers from 0 to 2^40");
	}
}

static gint64 read_bounded(struct fields *f, const char *key, gint64 most)
{
	gint64 number = json_count(f->record, key, -1);
	g_autofree char *expected = g_strdup_printf("a whole number from 1 to %" G_GINT64_FORMAT, most);

	if (number < 1 || number > most)
		fields_refuse(f, key, expected);
	return number;
}

static void read_total(struct fields *f, struct run_memory *m)
{
	struct run_total *total = g_new0(struct run_total, 1);

	total->name = fields_text(f, "total");
	read_moments(f, "kib", total->kib);
	g_ptr_array_add(m->totals, total);
}

static void read_cache(struct fields *f, struct run_memory *m)
{
	struct run_cache *cache = g_new0(struct run_cache, 1);

	cache->name = fields_text(f, "cache");
	cache->object_bytes = read_bounded(f, "object_bytes", RECORD_MOMENT_MAX);
	cache->slab_objects = read_bounded(f, "slab_objects", RECORD_MOMENT_MAX);
	cache->slab_pages = read_bounded(f, "slab_pages", RECORD_SLAB_PAGES_MAX);
	read_moments(f, "active", cache->active);
	read_moments(f, "slabs", cache->slabs);
	g_ptr_array_add(m->caches, cache);
}

static void read_list(struct fields *f, const char *key, struct run_memory *m,
		      void (*read)(struct fields *f, struct run_memory *m))
{
	const json_t *record = f->record;
	const json_t *list = fields_list(f, key, RECORD_ENTRIES_MAX);
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry) {
		f->record = entry;
		read(f, m);
	}
	f->record = record;
}

/* The three states of a traced boot have each a first load of their own. */
static void refuse_second(struct fields *f, const struct run_memory *m)
{
	const char *probe = run_probe_name(m->probe);

	fields_refuse_second(f, "memory of load %u of %s in the boot %s%s%s", m->at.load, m->at.cell,
			     m->at.boot, probe ? " with the probe " : "", probe ? probe : "");
}

void run_memory_read(struct fields *f, struct run *r)
{
	struct run_memory *m = g_new0(struct run_memory, 1);

	m->totals = g_ptr_array_new_with_free_func(total_free);
	m->caches = g_ptr_array_new_with_free_func(cache_free);
	run_at_read(f, &m->at);
	if (json_object_get(f->record, "probe"))
		m->probe = run_probe_read(f, "probe");
	m->areas = read_bounded(f, "areas", G_MAXINT32);
	m->page_bytes = read_bounded(f, "page_bytes", RECORD_PAGE_BYTES_MAX);
	read_list(f, "totals", m, read_total);
	read_list(f, "caches", m, read_cache);
	if (m->caches->len > RECORD_CACHES_MAX)
		fields_refuse(f, "caches", "512 entries at most");
	refuse_second(f, m);
	g_ptr_array_add(r->memories, m);
}

const struct run_memory *run_find_memory(const struct run *r, const char *boot, const char *cell)
{
	for (guint i = 0; i < r->memories->len; i++) {
		const struct run_memory *m = r->memories->pdata[i];

		if (m->at.load == 0 && m->probe == RUN_PROBE_NONE && !strcmp(m->at.boot, boot) &&
		    !strcmp(m->at.cell, cell))
			return m;
	}
	return NULL;
}

const struct run_total *run_memory_total(const struct run_memory *m, const char *name)
{
	for (guint i = 0; i < m->totals->len; i++) {
		const struct run_total *total = m->totals->pdata[i];

		if (!strcmp(total->name, name))
			return total;
	}
	return NULL;
}
