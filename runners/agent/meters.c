// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/meters.h"

#include "runners/agent/words.h"
#include "runners/wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 512

static const char *const total_names[METERS_TOTALS] = {
	[METERS_MEM_FREE] = "MemFree",
	[METERS_SLAB] = "Slab",
	[METERS_SLAB_RECLAIMABLE] = "SReclaimable",
	[METERS_SLAB_UNRECLAIMABLE] = "SUnreclaim",
	[METERS_VMALLOC_USED] = "VmallocUsed",
	[METERS_VMALLOC_CHUNK] = "VmallocChunk",
	[METERS_PERCPU] = "Percpu",
	[METERS_PAGE_TABLES] = "PageTables",
};

static bool next_number(struct words *w, uint64_t *ret)
{
	const char *word;
	size_t length;

	return words_next(w, &word, &length) && word_number(word, length, ret) && *ret <= RECORD_MOMENT_MAX;
}

/* Its line ends where the words do. */
static struct words words_from(const char *line)
{
	return (struct words){ line, line + strcspn(line, "\n") };
}

static int find_total(const char *word, size_t length)
{
	int i;

	for (i = 0; i < METERS_TOTALS; i++)
		if (length > 0 && word[length - 1] == ':' && word_is(word, length - 1, total_names[i]))
			break;
	return i;
}

bool meters_take_total(struct meters *m, const char *line)
{
	struct words w = words_from(line);
	const char *word;
	size_t length;
	uint64_t kib;
	int i;

	if (!words_next(&w, &word, &length))
		return false;
	i = find_total(word, length);
	if (i == METERS_TOTALS || m->known[i] || !next_number(&w, &kib) || !words_skip(&w, "kB"))
		return false;
	m->totals_kib[i] = kib;
	m->known[i] = true;
	return true;
}

static const struct meters_cache *find_cache(const struct meters *m, const char *name)
{
	uint32_t i;

	for (i = 0; i < m->caches_count; i++)
		if (strcmp(m->caches[i].name, name) == 0)
			return &m->caches[i];
	return NULL;
}

/* It becomes a string of JSON and a cell of tables. */
static bool take_name(struct meters_cache *cache, const char *word, size_t length)
{
	size_t i;

	if (length == 0 || length >= sizeof(cache->name) || *word == '#')
		return false;
	for (i = 0; i < length; i++)
		if (word[i] <= ' ' || word[i] > '~')
			return false;
	memcpy(cache->name, word, length);
	cache->name[length] = '\0';
	return true;
}

/* The rest is of the tunables of SLAB, which is gone; "slabdata <active_slabs> <num_slabs>" is behind them. */
static bool take_slabs(struct meters_cache *cache, struct words *w)
{
	uint64_t unused;

	return words_skip(w, ":") && words_skip(w, "tunables") && next_number(w, &unused) &&
	       next_number(w, &unused) && next_number(w, &unused) && words_skip(w, ":") &&
	       words_skip(w, "slabdata") && next_number(w, &unused) && next_number(w, &cache->slabs);
}

bool meters_take_cache(struct meters *m, const char *line)
{
	struct words w = words_from(line);
	struct meters_cache cache = { 0 };
	const char *word;
	size_t length;
	uint64_t objects;

	if (m->caches_count == RECORD_CACHES_MAX || !words_next(&w, &word, &length) ||
	    !take_name(&cache, word, length) || find_cache(m, cache.name) ||
	    !words_next(&w, &word, &length) || !word_number(word, length, &cache.active) ||
	    !next_number(&w, &objects) || !next_number(&w, &cache.object_bytes) ||
	    !next_number(&w, &cache.slab_objects) || !next_number(&w, &cache.slab_pages) ||
	    !take_slabs(&cache, &w))
		return false;
	if (cache.object_bytes == 0 || cache.slab_objects == 0 || cache.slab_pages == 0 ||
	    cache.slab_pages > RECORD_SLAB_PAGES_MAX)
		return false;
	/* It is all objects less an estimate of the free ones, which can be more than there are. */
	if (cache.active > objects)
		cache.active = objects;
	m->caches[m->caches_count++] = cache;
	return true;
}

/* A line that cannot be taken ends it, when it is one of those that are needed. */
static bool read_lines(struct meters *m, const char *path, bool (*take)(struct meters *m, const char *line),
		       bool (*is_needed)(const char *line), char *why, size_t size)
{
	char line[LINE_MAX_BYTES];
	FILE *f = fopen(path, "re");
	bool ok = f;

	if (!ok)
		snprintf(why, size, "%s could not be read: %s; the kernel needs CONFIG_PROC_FS and "
			 "CONFIG_SLUB_DEBUG.", path, strerror(errno));
	while (ok && fgets(line, sizeof(line), f)) {
		ok = take(m, line) || !is_needed(line);
		if (!ok)
			snprintf(why, size,
				 "%s has a line that is not understood, or more than %d caches: %.*s.", path,
				 RECORD_CACHES_MAX, (int)strcspn(line, "\n"), line);
	}
	if (f)
		fclose(f);
	return ok;
}

static bool is_never_needed(const char *line)
{
	(void)line;
	return false;
}

static bool is_cache_line(const char *line)
{
	return *line != '#' && strncmp(line, "slabinfo ", strlen("slabinfo ")) != 0;
}

static bool lacks_needed(const struct meters *m, char *why, size_t size)
{
	static const enum meters_total needed[] = {
		METERS_MEM_FREE, METERS_SLAB, METERS_VMALLOC_USED, METERS_PERCPU, METERS_PAGE_TABLES
	};
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (m->known[needed[i]])
			continue;
		snprintf(why, size, "%s has no %s in kB.", METERS_MEMINFO_PATH, total_names[needed[i]]);
		return true;
	}
	return false;
}

bool meters_read(struct meters *m, char *why, size_t size)
{
	memset(m, 0, sizeof(*m));
	return read_lines(m, METERS_SLABINFO_PATH, meters_take_cache, is_cache_line, why, size) &&
	       read_lines(m, METERS_MEMINFO_PATH, meters_take_total, is_never_needed, why, size) &&
	       !lacks_needed(m, why, size);
}

static uint64_t all_slab_pages(const struct meters *m)
{
	uint64_t pages = 0;
	uint32_t i;

	for (i = 0; i < m->caches_count; i++)
		pages += m->caches[i].slabs * m->caches[i].slab_pages;
	return pages;
}

bool meters_are_same(const struct meters *a, const struct meters *b)
{
	return all_slab_pages(a) == all_slab_pages(b) &&
	       a->totals_kib[METERS_VMALLOC_USED] == b->totals_kib[METERS_VMALLOC_USED] &&
	       a->totals_kib[METERS_PERCPU] == b->totals_kib[METERS_PERCPU] &&
	       a->totals_kib[METERS_PAGE_TABLES] == b->totals_kib[METERS_PAGE_TABLES];
}

/* Of a moment at which there was no such cache: nothing. */
static const struct meters_cache *cache_at(const struct meters *m, const char *name)
{
	static const struct meters_cache none;
	const struct meters_cache *cache = find_cache(m, name);

	return cache ? cache : &none;
}

static json_t *describe_cache(const struct meters *moments, const struct meters_cache *cache)
{
	json_t *active = json_array(), *slabs = json_array();
	bool changed = false;
	int i;

	for (i = 0; i < METERS_MOMENTS; i++) {
		const struct meters_cache *first = cache_at(&moments[METERS_BEFORE], cache->name);
		const struct meters_cache *then = cache_at(&moments[i], cache->name);

		changed = changed || then->active != first->active || then->slabs != first->slabs;
		json_array_append_new(active, json_integer((json_int_t)then->active));
		json_array_append_new(slabs, json_integer((json_int_t)then->slabs));
	}
	if (changed)
		return json_pack("{s:s, s:I, s:I, s:I, s:o, s:o}", "cache", cache->name, "object_bytes",
				 (json_int_t)cache->object_bytes, "slab_objects",
				 (json_int_t)cache->slab_objects, "slab_pages", (json_int_t)cache->slab_pages,
				 "active", active, "slabs", slabs);
	json_decref(active);
	json_decref(slabs);
	return NULL;
}

/* Those that the areas need are there when they are held. */
static json_t *describe_caches(const struct meters *moments)
{
	const struct meters *held = &moments[METERS_HELD];
	json_t *caches = json_array();
	uint32_t i;

	for (i = 0; i < held->caches_count; i++) {
		json_t *cache = describe_cache(moments, &held->caches[i]);

		if (cache)
			json_array_append_new(caches, cache);
	}
	return caches;
}

static json_t *describe_totals(const struct meters *moments)
{
	json_t *totals = json_array();
	int i, t;

	for (t = 0; t < METERS_TOTALS; t++) {
		json_t *kib = json_array();

		for (i = 0; i < METERS_MOMENTS; i++)
			json_array_append_new(kib, json_integer((json_int_t)moments[i].totals_kib[t]));
		json_array_append_new(totals, json_pack("{s:s, s:o}", "total", total_names[t], "kib", kib));
	}
	return totals;
}

json_t *meters_record(const struct meters *moments, uint32_t areas, uint32_t page_bytes)
{
	return json_pack("{s:s, s:I, s:I, s:o, s:o}", "t", "memory", "areas", (json_int_t)areas, "page_bytes",
			 (json_int_t)page_bytes, "totals", describe_totals(moments), "caches",
			 describe_caches(moments));
}
