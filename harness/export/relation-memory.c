// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel said of its memory in loads that held areas. */
#include "relation.h"

#include "journal/run-memory.h"

static const char *const moments[RUN_MOMENTS] = {
	[RUN_BEFORE] = "before",
	[RUN_HELD] = "held",
	[RUN_FREED] = "freed",
	[RUN_DROPPED] = "dropped",
};

#define MEMORY_PLACE RELATION_PLACE, { "kind", RELATION_TEXT }, { "moment", RELATION_TEXT }

static void add_place(const struct source *s, struct relation_rows *rows, const struct run_memory *m,
		      enum run_moment moment)
{
	const char *probe = run_probe_name(m->probe);

	relation_place(rows, s, &m->at);
	relation_text(rows, probe ? probe : "timed");
	relation_text(rows, moments[moment]);
}

/* Calls @add for each record and moment. */
static void each_moment(const struct source *s, struct relation_rows *rows,
			void (*add)(const struct source *s, struct relation_rows *rows,
				    const struct run_memory *m, enum run_moment moment))
{
	for (guint i = 0; i < s->run->memories->len; i++) {
		for (enum run_moment moment = RUN_BEFORE; moment < RUN_MOMENTS; moment++)
			add(s, rows, s->run->memories->pdata[i], moment);
	}
}

static const struct relation_column meminfo_columns[] = {
	MEMORY_PLACE,
	{ "name", RELATION_TEXT },
	{ "kib", RELATION_INTEGER },
};

static void add_totals(const struct source *s, struct relation_rows *rows, const struct run_memory *m,
		       enum run_moment moment)
{
	for (guint i = 0; i < m->totals->len; i++) {
		const struct run_total *total = m->totals->pdata[i];

		add_place(s, rows, m, moment);
		relation_text(rows, total->name);
		relation_count(rows, total->kib[moment]);
		relation_end(rows);
	}
}

static void fill_meminfo(const struct source *s, struct relation_rows *rows)
{
	each_moment(s, rows, add_totals);
}

const struct relation relation_meminfo = {
	.name = "meminfo",
	RELATION_COLUMNS(meminfo_columns),
	.keys = RELATION_OF_PLACE,
	.fill = fill_meminfo,
};

static const struct relation_column slabinfo_columns[] = {
	MEMORY_PLACE,
	{ "name", RELATION_TEXT },
	{ "object_bytes", RELATION_INTEGER },
	{ "slab_objects", RELATION_INTEGER },
	{ "slab_bytes", RELATION_INTEGER },
	{ "active", RELATION_INTEGER },
	{ "slabs", RELATION_INTEGER },
};

static void add_caches(const struct source *s, struct relation_rows *rows, const struct run_memory *m,
		       enum run_moment moment)
{
	for (guint i = 0; i < m->caches->len; i++) {
		const struct run_cache *cache = m->caches->pdata[i];

		add_place(s, rows, m, moment);
		relation_text(rows, cache->name);
		relation_count(rows, cache->object_bytes);
		relation_count(rows, cache->slab_objects);
		relation_count(rows, cache->slab_pages * m->page_bytes);
		relation_count(rows, cache->active[moment]);
		relation_count(rows, cache->slabs[moment]);
		relation_end(rows);
	}
}

static void fill_slabinfo(const struct source *s, struct relation_rows *rows)
{
	each_moment(s, rows, add_caches);
}

const struct relation relation_slabinfo = {
	.name = "slabinfo",
	RELATION_COLUMNS(slabinfo_columns),
	.keys = RELATION_OF_PLACE,
	.fill = fill_slabinfo,
};
