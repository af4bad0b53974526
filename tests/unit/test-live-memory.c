// SPDX-License-Identifier: GPL-2.0-only
/* What areas cost, from records of the journal to figures of tables. */
#include "render/live-memory.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "render/live-memory-table.h"
#include "run-builder.h"

#define CELL "memory_load/1/l1000"
#define PLAN \
	"title: t\narms:\n  - {name: a, source: linux-7.3}\n  - {name: b, source: linux-7.3, series: [b.patch]}\n" \
	"baseline: a\naa: true\nmachine: {accel: tcg}\ndesign: {blocks: 2, loads: 1, seed: 1}\n" \
	"cells: [{test: memory_load, threads: [1], live: 1000}]\n"

static struct run_cache *cache_new(const char *name, gint64 pages, gint64 before, gint64 held, gint64 freed,
				   gint64 dropped)
{
	struct run_cache *cache = g_new0(struct run_cache, 1);

	*cache = (struct run_cache){ g_strdup(name), 72, 56, pages, { 0 }, { before, held, freed, dropped } };
	return cache;
}

static struct run_total *total_new(const char *name, gint64 before, gint64 held)
{
	struct run_total *total = g_new0(struct run_total, 1);

	*total = (struct run_total){ g_strdup(name), { before, held, held, held } };
	return total;
}

static void cache_free(gpointer data)
{
	g_free(((struct run_cache *)data)->name);
	g_free(data);
}

static void total_free(gpointer data)
{
	g_free(((struct run_total *)data)->name);
	g_free(data);
}

/* A boot with one load, and what is @memory of it; it takes the caches, the last of which may be NULL. */
static struct run_memory *add_boot(struct run *r, unsigned int block, const char *arm, struct run_cache *first,
				   struct run_cache *second)
{
	struct run_memory *m = g_new0(struct run_memory, 1);

	builder_load(r, block, arm, CELL, 1000);
	*m = (struct run_memory){
		.at = { block, g_strdup(arm), g_strdup_printf("b%03u-%s-%s", block, arm, CELL), g_strdup(CELL), 0 },
		.areas = 1000, .page_bytes = 4096,
		.totals = g_ptr_array_new_with_free_func(total_free),
		.caches = g_ptr_array_new_with_free_func(cache_free),
	};
	g_ptr_array_add(m->totals, total_new("Percpu", 100, 100));
	g_ptr_array_add(m->totals, total_new("PageTables", 40, 56));
	g_ptr_array_add(m->caches, first);
	if (second)
		g_ptr_array_add(m->caches, second);
	g_ptr_array_add(r->memories, m);
	return m;
}

static struct run *built(void)
{
	struct run *r = builder_run(PLAN, "tcg");

	/* 20 and 22 slabs of a page: 81.92 and 90.112 bytes for each of 1000 areas. */
	add_boot(r, 0, "a", cache_new("vmap_area", 1, 4, 24, 6, 5), NULL);
	add_boot(r, 1, "a", cache_new("vmap_area", 1, 4, 26, 6, 5), NULL);
	add_boot(r, 0, "aa", cache_new("vmap_area", 1, 4, 29, 6, 5), NULL);
	/* 2 slabs of 8 pages, and one that has become less. */
	add_boot(r, 0, "b", cache_new("vmap_chunk", 8, 1, 3, 1, 1), cache_new("dentry", 1, 9, 8, 8, 8));
	return r;
}

static const struct live_figure *find(const struct live_memory *m, const char *name)
{
	const struct live_cell *cell = m->cells->pdata[0];

	for (guint i = 0; i < cell->figures->len; i++) {
		const struct live_figure *figure = cell->figures->pdata[i];

		if (!strcmp(figure->name, name))
			return figure;
	}
	g_error("there is no figure %s", name);
}

static double median(const struct live_memory *m, const char *name, unsigned int arm, enum run_moment moment)
{
	return find(m, name)->sides[arm].moments[moment].median;
}

#define assert_near(value, expected) g_assert_cmpfloat(fabs((value) - (expected)), <, 1e-9)

static void test_figures(void)
{
	g_autoptr(run) r = built();
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(live_memory) m = live_memory_new(c);

	g_assert_cmpuint(m->cells->len, ==, 1);
	assert_near(median(m, "vmap_area", 0, RUN_HELD), 21 * 4.096);
	assert_near(median(m, "vmap_area", 0, RUN_FREED), 2 * 4.096);
	assert_near(median(m, "vmap_area", 0, RUN_DROPPED), 1 * 4.096);
	assert_near(median(m, "vmap_area", 1, RUN_HELD), 0);
	assert_near(median(m, "vmap_chunk", 0, RUN_HELD), 0);
	assert_near(median(m, "vmap_chunk", 1, RUN_HELD), 16 * 4.096);
	assert_near(median(m, "dentry", 1, RUN_HELD), -4.096);
	assert_near(median(m, "percpu", 1, RUN_HELD), 0);
	assert_near(median(m, "page tables", 0, RUN_HELD), 16 * 1.024);
	assert_near(median(m, "total", 0, RUN_HELD), 21 * 4.096 + 16 * 1.024);
	assert_near(median(m, "total", 1, RUN_HELD), 15 * 4.096 + 16 * 1.024);
	/* The A/A boot is 25 slabs, the two of the baseline are 20 and 22. */
	assert_near(live_memory_floor(m, find(m, "vmap_area"), RUN_HELD), 5 * 4.096);
	g_assert_cmpstr(((struct live_figure *)((struct live_cell *)m->cells->pdata[0])->figures->pdata[0])->name, ==,
			"vmap_area");
}

/* One boot, of the candidate alone: nothing is known of the baseline, and no floor. */
static void test_one_boot(void)
{
	g_autoptr(run) r = builder_run(PLAN, "tcg");
	g_autoptr(comparison) c = NULL;
	g_autoptr(live_memory) m = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	const struct page page = { PAGE_TEXT, out };

	add_boot(r, 0, "b", cache_new("vmap_chunk", 8, 1, 3, 1, 1), NULL);
	c = comparison_new(r, COMPARISON_MEDIAN);
	m = live_memory_new(c);
	g_assert_true(isnan(median(m, "vmap_chunk", 0, RUN_HELD)));
	g_assert_true(isnan(live_memory_floor(m, find(m, "vmap_chunk"), RUN_HELD)));
	live_memory_table_print(&page, m, NULL);
	g_assert_nonnull(strstr(out->str, "\n  vmap_chunk                           n/a      65.54        n/a        n/a\n"));
}

/* A second load, and one under a probe, say nothing. */
static void test_left_out(void)
{
	g_autoptr(run) r = builder_run(PLAN, "tcg");
	g_autoptr(comparison) c = NULL;
	g_autoptr(live_memory) m = NULL;

	add_boot(r, 0, "a", cache_new("vmap_area", 1, 4, 24, 6, 5), NULL)->at.load = 1;
	add_boot(r, 1, "a", cache_new("vmap_area", 1, 4, 24, 6, 5), NULL)->probe = RUN_PROBE_OFF;
	c = comparison_new(r, COMPARISON_MEDIAN);
	m = live_memory_new(c);
	g_assert_cmpuint(m->cells->len, ==, 0);
}

#define BOOTS 20
#define CACHES 512

/* A guest that has other names for its caches in every boot costs time in proportion to them, not to their square. */
static void test_many_names(void)
{
	g_autoptr(run) r = builder_run(PLAN, "tcg");
	g_autoptr(comparison) c = NULL;
	g_autoptr(live_memory) m = NULL;

	for (unsigned int block = 0; block < BOOTS; block++) {
		struct run_memory *of = add_boot(r, block, "a", cache_new("vmap_area", 1, 4, 24, 6, 5), NULL);

		for (unsigned int i = 1; i < CACHES; i++) {
			g_autofree char *name = g_strdup_printf("cache-%u-%u", block, i);

			g_ptr_array_add(of->caches, cache_new(name, 1, 4, 5, 4, 4));
		}
	}
	c = comparison_new(r, COMPARISON_MEDIAN);
	m = live_memory_new(c);
	g_assert_cmpuint(((struct live_cell *)m->cells->pdata[0])->figures->len, ==, 1 + BOOTS * (CACHES - 1) + 3);
	assert_near(median(m, "vmap_area", 0, RUN_HELD), 20 * 4.096);
	assert_near(median(m, "cache-7-511", 0, RUN_HELD), 0);
	assert_near(find(m, "cache-7-511")->sides[0].moments[RUN_HELD].highest, 4.096);
	assert_near(median(m, "total", 0, RUN_HELD), (20 + 511) * 4.096 + 16 * 1.024);
}

#define RECORD(areas, kib, slabs) \
	"{\"v\":1,\"t\":\"memory\",\"block\":0,\"arm\":\"a\",\"boot\":\"b0\",\"cell\":\"" CELL "\",\"load\":0,\"areas\":" areas \
	",\"page_bytes\":4096,\"totals\":[{\"total\":\"Percpu\",\"kib\":" kib "}],\"caches\":[{\"cache\":\"vmap_area\"," \
	"\"object_bytes\":72,\"slab_objects\":56,\"slab_pages\":1,\"active\":[1,2,1,1],\"slabs\":" slabs "}]}\n"

static const struct {
	const char *journal;
	const char *says;	/* NULL: it is read */
} journals[] = {
	{ RECORD("1", "[1,2,3,4]", "[1,2,3,4]"), NULL },
	{ RECORD("1", "[1,2,3,4]", "[1,2,3,4]") RECORD("1", "[1,2,3,4]", "[1,2,3,4]"), "second time" },
	{ RECORD("0", "[1,2,3,4]", "[1,2,3,4]"), "\"areas\": expected a whole number from 1 to" },
	{ RECORD("1", "[1,2,3]", "[1,2,3,4]"), "\"kib\": expected four whole numbers" },
	{ RECORD("1", "[1,2,3,4,5]", "[1,2,3,4]"), "\"kib\": expected" },
	{ RECORD("1", "[1,2,3,\"4\"]", "[1,2,3,4]"), "\"kib\": expected" },
	{ RECORD("1", "[1,2,3,4]", "[1,2,3,-4]"), "\"slabs\": expected" },
	{ RECORD("1", "[1,2,3,4]", "[1,2,3,9223372036854775807]"), "\"slabs\": expected" },
	{ RECORD("1", "[1,2,3,4]", "null"), "\"slabs\": expected" },
};

/* A record of that many caches. Caller frees. */
static char *with_caches(unsigned int count)
{
	g_autofree char *line = g_strdup(RECORD("1", "[1,2,3,4]", "[1,2,3,4]"));
	g_autoptr(GString) s = g_string_new(line);
	const char *entry = strstr(line, "{\"cache\"");
	g_autofree char *again = g_strdup_printf(",%.*s", (int)(strrchr(line, ']') - entry), entry);

	for (unsigned int i = 1; i < count; i++)
		g_string_insert(s, strrchr(s->str, ']') - s->str, again);
	return g_strdup(s->str);
}

static void assert_read(const char *dir, const char *text, const char *says)
{
	g_autofree char *journal = g_build_filename(dir, "journal.jsonl", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(run) r = NULL;

	g_assert_true(g_file_set_contents(journal, text, -1, NULL));
	r = run_read(dir, &error);
	if (!says) {
		g_assert_no_error(error);
		g_assert_cmpint(run_memory_total(run_find_memory(r, "b0", CELL), "Percpu")->kib[RUN_DROPPED], ==, 4);
		return;
	}
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
}

static void test_journals(void)
{
	g_autofree char *most = with_caches(512), *more = with_caches(513);
	g_autofree char *dir = g_dir_make_tmp("live-memory-XXXXXX", NULL);
	g_autofree char *journal = g_build_filename(dir, "journal.jsonl", NULL);
	g_autofree char *manifest = g_build_filename(dir, "manifest.json", NULL);
	g_autojson json = json_pack("{s:s, s:{s:s, s:s}}", "accel", "tcg", "plan", "path", "p", "text", PLAN);
	g_autofree char *text = json_line(json);

	g_assert_true(g_file_set_contents(manifest, text, -1, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(journals); i++)
		assert_read(dir, journals[i].journal, journals[i].says);
	assert_read(dir, most, NULL);
	assert_read(dir, more, "\"caches\": expected 512 entries at most");
	g_unlink(journal);
	g_unlink(manifest);
	g_rmdir(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/live-memory/figures", test_figures);
	g_test_add_func("/live-memory/one-boot", test_one_boot);
	g_test_add_func("/live-memory/left-out", test_left_out);
	g_test_add_func("/live-memory/many-names", test_many_names);
	g_test_add_func("/live-memory/journals", test_journals);
	return g_test_run();
}
