// SPDX-License-Identifier: GPL-2.0-only
/* What the agent makes of /proc/meminfo and /proc/slabinfo, and the record that it sends. */
#include "runners/agent/meters.h"

#include <glib.h>
#include <string.h>

#include "base/json.h"
#include "runners/record.h"

#define TAIL " : tunables    0    0    0 : slabdata "
#define AREA "vmap_area           180    224     72   56    1" TAIL "     4      4      0\n"

/* As Linux 7.3 prints them, and as none does. */
static const struct {
	const char *line;
	const char *name;	/* NULL: it is no cache */
	uint64_t active, slabs;
} caches[] = {
	{ AREA, "vmap_area", 180, 4 },
	{ "kmalloc-rnd-01-8k 0 0 8192 4 8" TAIL "0 0 0", "kmalloc-rnd-01-8k", 0, 0 },
	/* An estimate of the free ones that is too large, or larger than all. */
	{ "x 300 224 72 56 1" TAIL "4 4 0", "x", 224, 4 },
	{ "x 18446744073709551615 224 72 56 1" TAIL "4 4 0", "x", 224, 4 },
	{ "x 1 224 72 56 1" TAIL "4 1099511627776 0", "x", 1, 1ull << 40 },
	{ "x 1 224 72 56 1" TAIL "4 1099511627777 0", NULL, 0, 0 },
	{ "slabinfo - version: 2.1\n", NULL, 0, 0 },
	{ "# name            <active_objs> <num_objs> <objsize>\n", NULL, 0, 0 },
	{ "x 1 224 0 56 1" TAIL "4 4 0", NULL, 0, 0 },
	{ "x 1 224 72 0 1" TAIL "4 4 0", NULL, 0, 0 },
	{ "x 1 224 72 56 0" TAIL "4 4 0", NULL, 0, 0 },
	{ "x 1 224 72 56 1024" TAIL "4 4 0", "x", 1, 4 },
	{ "x 1 224 72 56 1025" TAIL "4 4 0", NULL, 0, 0 },
	{ "x 1 224 72 56 -1" TAIL "4 4 0", NULL, 0, 0 },
	{ "x 1 224 72 56 1" TAIL "4", NULL, 0, 0 },
	{ "x 1 224 72 56 1", NULL, 0, 0 },
	{ "x 1 224 72 56 1 : tunables 0 0 0 : slabdota 4 4 0", NULL, 0, 0 },
	{ "x\t1 224 72 56 1" TAIL "4 4 0", NULL, 0, 0 },
	{ "\x1b[2J 1 224 72 56 1" TAIL "4 4 0", NULL, 0, 0 },
	{ "\xff 1 224 72 56 1" TAIL "4 4 0", NULL, 0, 0 },
	/* 47 letters fit, 48 do not. */
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 224 72 56 1" TAIL "4 4 0",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1, 4 },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 224 72 56 1" TAIL "4 4 0", NULL, 0, 0 },
	{ "", NULL, 0, 0 },
	{ "\n", NULL, 0, 0 },
};

static void test_caches(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(caches); i++) {
		g_autofree struct meters *m = g_new0(struct meters, 1);

		g_test_message("%s", caches[i].line);
		g_assert_cmpint(meters_take_cache(m, caches[i].line), ==, caches[i].name != NULL);
		g_assert_cmpuint(m->caches_count, ==, caches[i].name != NULL);
		if (!caches[i].name)
			continue;
		g_assert_cmpstr(m->caches[0].name, ==, caches[i].name);
		g_assert_cmpuint(m->caches[0].active, ==, caches[i].active);
		g_assert_cmpuint(m->caches[0].slabs, ==, caches[i].slabs);
	}
}

/* One of a name, and no more than there is room for. */
static void test_many_caches(void)
{
	g_autofree struct meters *m = g_new0(struct meters, 1);

	g_assert_true(meters_take_cache(m, AREA));
	g_assert_false(meters_take_cache(m, AREA));
	for (int i = 1; i < RECORD_CACHES_MAX; i++) {
		g_autofree char *line = g_strdup_printf("c%d 1 1 1 1 1" TAIL "1 1 0", i);

		g_assert_true(meters_take_cache(m, line));
	}
	g_assert_false(meters_take_cache(m, "one-more 1 1 1 1 1" TAIL "1 1 0"));
	g_assert_cmpuint(m->caches_count, ==, RECORD_CACHES_MAX);
}

static const struct {
	const char *line;
	int total;		/* METERS_TOTALS: none */
	uint64_t kib;
} totals[] = {
	{ "MemFree:          780108 kB\n", METERS_MEM_FREE, 780108 },
	{ "Percpu:              416 kB", METERS_PERCPU, 416 },
	{ "VmallocChunk:          0 kB\n", METERS_VMALLOC_CHUNK, 0 },
	{ "MemTotal:        1011844 kB\n", METERS_TOTALS, 0 },
	{ "Percpu:              416\n", METERS_TOTALS, 0 },
	{ "Percpu:              416 MB\n", METERS_TOTALS, 0 },
	{ "Percpu               416 kB\n", METERS_TOTALS, 0 },
	{ "Percpu:              -16 kB\n", METERS_TOTALS, 0 },
	{ "Percpu: 1099511627777 kB\n", METERS_TOTALS, 0 },
	{ "Percpu: 99999999999999999999 kB\n", METERS_TOTALS, 0 },
	{ ": 1 kB", METERS_TOTALS, 0 },
	{ "", METERS_TOTALS, 0 },
};

static void test_totals(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(totals); i++) {
		g_autofree struct meters *m = g_new0(struct meters, 1);

		g_test_message("%s", totals[i].line);
		g_assert_cmpint(meters_take_total(m, totals[i].line), ==, totals[i].total != METERS_TOTALS);
		for (int t = 0; t < METERS_TOTALS; t++)
			g_assert_cmpint(m->known[t], ==, t == totals[i].total);
		if (totals[i].total != METERS_TOTALS)
			g_assert_cmpuint(m->totals_kib[totals[i].total], ==, totals[i].kib);
		/* The second of its name changes nothing. */
		g_assert_false(meters_take_total(m, totals[i].line));
	}
}

static void test_same(void)
{
	g_autofree struct meters *a = g_new0(struct meters, 1), *b = g_new0(struct meters, 1);

	meters_take_cache(a, "x 1 224 72 56 2" TAIL "4 4 0");
	meters_take_cache(b, "x 9 224 72 56 2" TAIL "4 4 0");
	g_assert_true(meters_are_same(a, b));
	b->totals_kib[METERS_MEM_FREE] = 7;
	g_assert_true(meters_are_same(a, b));
	b->totals_kib[METERS_PAGE_TABLES] = 4;
	g_assert_false(meters_are_same(a, b));
	a->totals_kib[METERS_PAGE_TABLES] = 4;
	b->caches[0].slabs = 5;
	g_assert_false(meters_are_same(a, b));
}

/* What the host takes, with the caches that changed alone. */
static void test_record(void)
{
	static const char *const lines[METERS_MOMENTS] = {
		"x 1 56 72 56 1" TAIL "1 1 0", "x 57 112 72 56 1" TAIL "2 2 0", "x 2 56 72 56 1" TAIL "1 1 0",
		"x 1 56 72 56 1" TAIL "1 1 0",
	};
	g_autofree struct meters *moments = g_new0(struct meters, METERS_MOMENTS);
	g_autoptr(GError) error = NULL;
	g_autojson json = NULL;
	g_autofree char *line = NULL, *caches_text = NULL;
	struct record record;

	for (int i = 0; i < METERS_MOMENTS; i++) {
		meters_take_cache(&moments[i], AREA);
		meters_take_cache(&moments[i], lines[i]);
		moments[i].totals_kib[METERS_PERCPU] = 416 + i;
	}
	/* It came into being with the areas. */
	meters_take_cache(&moments[METERS_HELD], "y 1 16 256 16 1" TAIL "1 1 0");
	json = meters_record(moments, 57, 4096);
	caches_text = json_line(json_object_get(json, "caches"));
	g_assert_cmpstr(caches_text, ==,
			"[{\"cache\":\"x\",\"object_bytes\":72,\"slab_objects\":56,\"slab_pages\":1,"
			"\"active\":[1,57,2,1],\"slabs\":[1,2,1,1]},"
			"{\"cache\":\"y\",\"object_bytes\":256,\"slab_objects\":16,\"slab_pages\":1,"
			"\"active\":[0,1,0,0],\"slabs\":[0,1,0,0]}]");
	json_object_set_new(json, "cell", json_string("memory_load/1/l57"));
	json_object_set_new(json, "load", json_integer(0));
	line = json_line(json);
	record_parse(line, &record, &error);
	g_assert_no_error(error);
	g_assert_cmpint(record.kind, ==, RECORD_MEMORY);
	g_assert_true(json_equal(record.json, json));
	record_clear(&record);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent-meters/caches", test_caches);
	g_test_add_func("/agent-meters/many-caches", test_many_caches);
	g_test_add_func("/agent-meters/totals", test_totals);
	g_test_add_func("/agent-meters/same", test_same);
	g_test_add_func("/agent-meters/record", test_record);
	return g_test_run();
}
