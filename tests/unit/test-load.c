// SPDX-License-Identifier: GPL-2.0-only
#include "sweep/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "runners/wire.h"

/* A kernel as the cache describes it. */
static void kernel_init(struct kernel *k)
{
	*k = (struct kernel){
		.dir = (char *)"/cache/kernel",
		.module = (char *)"/cache/kernel/test_vmalloc.ko",
		.load_module = (char *)"/cache/kernel/vmap_load.ko",
		.soak_module = (char *)"/cache/kernel/vmap_soak_000.ko",
		.manifest = json_pack("{s:[{s:s, s:i}, {s:s, s:i}, {s:s, s:i}], s:[s, s], "
				      "s:[{s:s, s:[s, s]}, {s:s, s:s, s:[s, s, s]}, {s:s, s:s, s:[s, s]}, "
				      "{s:s, s:s, s:[s, s, s]}]}", "tests", "name",
				      "fix_size_alloc_test", "mask", 1, "name", "full_fit_alloc_test", "mask",
				      2, "name", "vrealloc_test", "mask", 4096, "test_parameters", "nr_threads",
				      "nr_pages", "loads", "name", "churn_load", "takes", "pages", "latency", "name",
				      "held_churn_load", "module", "vmap_load", "takes", "pages", "live",
				      "latency", "name", "module_load", "module", "vmap_soak_000", "takes",
				      "pages", "live", "name", "drill-leak", "module", "vmap_soak_000", "takes",
				      "pages", "live", "pressure"),
	};
	g_assert_nonnull(k->manifest);
}

static const struct {
	struct plan_cell cell;
	unsigned int threads;
	const char *params;	/* NULL: refused */
	const char *error;
} loads[] = {
	{ { .test = (char *)"fix_size_alloc_test", .loops = 100 }, 4,
	  "run_test_mask=1 nr_threads=4 test_loop_count=100 test_repeat_count=1 sequential_test_order=1",
	  NULL },
	{ { .test = (char *)"vrealloc_test", .loops = 1, .pages = 16 }, 1,
	  "run_test_mask=4096 nr_threads=1 test_loop_count=1 test_repeat_count=1 sequential_test_order=1 "
	  "nr_pages=16", NULL },
	{ { .test = (char *)"fix_size", .loops = 1 }, 1, NULL,
	  "have no test \"fix_size\"; they have: fix_size_alloc_test, full_fit_alloc_test, vrealloc_test, churn_load, "
	  "held_churn_load, module_load, drill-leak" },
	{ { .test = (char *)"fix_size_alloc_test", .loops = 1, .huge = true }, 1, NULL,
	  "has no parameter \"use_huge\"" },
};

/* Of our own module. */
static const struct {
	struct plan_cell cell;
	unsigned int threads;
	const char *params;	/* NULL: refused */
	const char *error;
} own_loads[] = {
	{ { .test = (char *)"churn_load", .loops = 9 }, 2, "load=churn_load threads=2 loops=9", NULL },
	{ { .test = (char *)"churn_load", .loops = 9, .pages = 7, .latency = true }, 1,
	  "load=churn_load threads=1 loops=9 pages=7 latency=1", NULL },
	{ { .test = (char *)"held_churn_load", .loops = 9, .pages = 100, .live = 15000 }, 4,
	  "load=held_churn_load threads=4 loops=9 pages=100 live=15000", NULL },
	{ { .test = (char *)"churn_load", .loops = 9, .live = 7 }, 1, NULL, "churn_load has no parameter \"live\"" },
	{ { .test = (char *)"held_churn_load", .loops = 9, .huge = true }, 1, NULL,
	  "held_churn_load has no parameter \"huge\"" },
};

/* Of the module that is loaded over and over. */
static const struct {
	struct plan_cell cell;
	const char *params;	/* NULL: refused */
	const char *error;
} cycles[] = {
	{ { .test = (char *)"module_load", .loops = 200 }, "loops=200", NULL },
	{ { .test = (char *)"module_load", .loops = 9, .pages = 64, .live = 3 },
	  "loops=9 pages=64 live=3", NULL },
	{ { .test = (char *)"drill-leak", .loops = 9, .pressure = true }, "loops=9 pressure=1 leak=1", NULL },
	/* By the same module, which takes as many areas. */
	{ { .test = (char *)"memory_load", .loops = 1, .live = 10000 }, "loops=1 live=10000", NULL },
	{ { .test = (char *)"memory_load", .loops = 1, .live = 9, .pressure = true }, NULL,
	  "memory_load has no parameter \"pressure\"" },
	{ { .test = (char *)"module_load", .loops = 9, .pressure = true }, NULL,
	  "module_load has no parameter \"pressure\"" },
	{ { .test = (char *)"module_load", .loops = 9, .latency = true }, NULL,
	  "module_load has no parameter \"latency\"" },
};

/* These need nothing of the kernel that is known before it is booted. */
static const struct {
	struct plan_cell cell;
	unsigned int threads;
	const char *params;	/* NULL: refused */
	const char *error;
} storms[] = {
	{ { .test = (char *)"map_storm", .loops = 100 }, 2, "ops=100 pages=1 live=64 memory_mib=64", NULL },
	{ { .test = (char *)"map_storm", .loops = 1, .pages = 4096 }, 4, "ops=1 pages=4096 live=8 memory_mib=1088", NULL },
	{ { .test = (char *)"filter_storm", .loops = 7 }, 256, "ops=7 pages=0 live=8 memory_mib=64", NULL },
	{ { .test = (char *)"ring_storm", .loops = 1, .pages = 3 }, 1, NULL, "a power of two, not 3" },
	{ { .test = (char *)"fork_storm", .loops = 1, .pages = 3 }, 1, NULL, "takes no number of pages" },
	{ { .test = (char *)"map_storm", .loops = 1, .huge = true }, 1, NULL, "huge is a parameter of test_vmalloc" },
};

static void test_storms(void)
{
	struct kernel k;

	kernel_init(&k);
	for (size_t i = 0; i < G_N_ELEMENTS(storms); i++) {
		const struct plan_row row = { .name = (char *)"row/1", .cell = &storms[i].cell, .threads = storms[i].threads };
		g_autoptr(GError) error = NULL;
		g_autofree char *params = load_params(&k, &row, row.cell->loops, &error);

		g_assert_cmpstr(params, ==, storms[i].params);
		if (params)
			continue;
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
		g_assert_true(g_str_has_prefix(error->message, "the cell row/1 cannot run: "));
		g_assert_nonnull(strstr(error->message, storms[i].error));
	}
	json_decref(k.manifest);
}

static void test_own_loads(void)
{
	struct kernel k;

	kernel_init(&k);
	for (size_t i = 0; i < G_N_ELEMENTS(own_loads); i++) {
		const struct plan_row row = { .name = (char *)"row/1", .cell = &own_loads[i].cell,
					      .threads = own_loads[i].threads };
		g_autoptr(GError) error = NULL;
		g_autofree char *params = load_params(&k, &row, row.cell->loops, &error);

		g_assert_cmpstr(params, ==, own_loads[i].params);
		g_assert_cmpstr(load_module(&k, &row), ==, "vmap_load");
		if (params)
			continue;
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
		g_assert_true(g_str_has_prefix(error->message, "the cell row/1 cannot run: "));
		g_assert_nonnull(strstr(error->message, own_loads[i].error));
	}
	json_decref(k.manifest);
}

static void test_cycles(void)
{
	struct kernel k;

	kernel_init(&k);
	for (size_t i = 0; i < G_N_ELEMENTS(cycles); i++) {
		const struct plan_row row = { .name = (char *)"row/1", .cell = &cycles[i].cell, .threads = 1 };
		g_autoptr(GError) error = NULL;
		g_autofree char *params = load_params(&k, &row, row.cell->loops, &error);

		g_assert_cmpstr(params, ==, cycles[i].params);
		g_assert_cmpstr(load_module(&k, &row), ==, WIRE_MODULE_SOAK);
		g_assert_true(params || strstr(error->message, cycles[i].error));
	}
	json_decref(k.manifest);
}

static bool is_plan(const char *test, const char *key)
{
	g_autofree char *text = g_strdup_printf("title: t\narms: [{name: a, source: linux-7.3}]\naa: true\n"
						"cells: [{test: %s, threads: [1], %s}]\n", test, key);
	g_autoptr(plan) p = plan_parse_frozen(text, "t.yaml", NULL);

	return p;
}

/* How many loads the source @file has; each may be asked in a plan for what it takes, and for nothing else. */
static unsigned int check_own_names(const char *file)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "../../kernels/module", file, NULL);
	g_autofree char *text = NULL;
	g_autoptr(GRegex) regex = g_regex_new("MODULE_INFO\\(load, \"([\\w-]+)([a-z ]*)\"\\)", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	unsigned int found = 0;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_regex_match(regex, text, 0, &match);
	for (; g_match_info_matches(match); g_match_info_next(match, NULL), found++) {
		g_autofree char *name = g_match_info_fetch(match, 1);
		g_autofree char *takes = g_match_info_fetch(match, 2);

		g_assert_cmpint(is_plan(name, "live: 9"), ==, strstr(takes, " live") != NULL);
		g_assert_cmpint(is_plan(name, "latency: true"), ==, strstr(takes, " latency") != NULL);
		g_assert_cmpint(is_plan(name, "pressure: true"), ==, strstr(takes, " pressure") != NULL);
		g_assert_true(is_plan(name, "latency: false, pressure: false"));
	}
	return found;
}

/* What plans may ask of our own modules is what their sources say that they take. */
static void test_own_names(void)
{
	g_assert_cmpuint(check_own_names("loads.c"), ==, 4);
	g_assert_cmpuint(check_own_names("soak.c"), ==, 3);
	g_assert_false(is_plan("fix_size_alloc_test", "live: 9"));
	g_assert_false(is_plan("fix_size_alloc_test", "latency: true"));
}

static void test_params(void)
{
	struct kernel k;

	kernel_init(&k);
	for (size_t i = 0; i < G_N_ELEMENTS(loads); i++) {
		const struct plan_row row = { .cell = &loads[i].cell, .threads = loads[i].threads };
		g_autoptr(GError) error = NULL;
		g_autofree char *params = load_params(&k, &row, row.cell->loops, &error);

		g_assert_cmpstr(params, ==, loads[i].params);
		if (params)
			continue;
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
		g_assert_nonnull(strstr(error->message, loads[i].error));
		g_assert_nonnull(strstr(error->message, k.dir));
	}
	json_decref(k.manifest);
}

/* A kernel out of a package. */
static void test_no_module(void)
{
	const struct plan_cell cell = { .test = (char *)"fix_size_alloc_test", .loops = 1 };
	const struct plan_row row = { .cell = &cell, .threads = 1 };
	g_autojson manifest = json_pack("{s:[], s:[]}", "tests", "test_parameters");
	const struct kernel k = { .dir = (char *)"/cache/debian", .manifest = manifest };
	g_autoptr(GError) error = NULL;

	g_assert_null(load_params(&k, &row, row.cell->loops, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, "has no test modules"));
	g_assert_nonnull(strstr(error->message, k.dir));
}

static unsigned int memory_of(const char *test, unsigned int pages, unsigned int live)
{
	const struct plan_cell cell = { .test = (char *)test, .loops = 1, .pages = pages, .live = live };
	const struct plan_row row = { .cell = &cell, .threads = 1 };

	return load_memory_mib(&row, 1);
}

/* What a guest needs for a load without numbers is what it needs for one with the module's defaults. */
static void test_own_defaults(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "../../kernels/module/loads.c", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GRegex) regex = g_regex_new("\\.name = \"(\\w+)\",\\s+\\.pages = (\\d+),(?:\\s+\\.live = (\\d+),)?",
					      0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	unsigned int found = 0;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_regex_match(regex, text, 0, &match);
	for (; g_match_info_matches(match); g_match_info_next(match, NULL), found++) {
		g_autofree char *name = g_match_info_fetch(match, 1);
		g_autofree char *pages = g_match_info_fetch(match, 2);
		g_autofree char *live = g_match_info_fetch(match, 3);
		unsigned int live_count = live ? atoi(live) : 0;

		/* With so many areas a difference cannot hide below 64 MiB. */
		g_assert_cmpuint(memory_of(name, 0, 0), ==, memory_of(name, atoi(pages), live_count));
		g_assert_cmpuint(memory_of(name, 0, 200000), ==, memory_of(name, atoi(pages), 200000));
	}
	g_assert_cmpuint(found, ==, 4);
}

static const struct {
	const char *test;
	char key;
} drills[] = {
	{ "drill-panic", 'c' }, { "drill-oom", 'f' }, { "drill-reboot", 'b' }, { "drill", 0 },
	  { "fix_size_alloc_test", 0 },
};

static void test_drills(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(drills); i++) {
		const struct plan_cell cell = { .test = (char *)drills[i].test };
		const struct plan_row row = { .cell = &cell, .threads = 1 };

		g_assert_cmpint(load_drill(&row), ==, drills[i].key);
	}
}

static const char *const tests[] = {
	"fix_size_alloc_test", "full_fit_alloc_test", "long_busy_list_alloc_test", "random_size_alloc_test",
	"fix_align_alloc_test", "pcpu_alloc_test", "kvfree_rcu_1_arg_vmalloc_test", "vm_map_ram_test",
	"map_storm", "churn_load", "held_churn_load", "lookup_load", "lifetime_load", "module_load",
	"module_soak",
};

static unsigned int memory(const char *test, unsigned int threads, unsigned int smp, unsigned int loops)
{
	const struct plan_cell cell = { .test = (char *)test, .loops = loops };
	const struct plan_row row = { .cell = &cell, .threads = threads };

	return load_memory_mib(&row, smp);
}

/* Never less for more, whole 64 MiB, and enough for what the test is known to hold. */
static void test_memory(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
		for (unsigned int smp = 1; smp <= 64; smp++) {
			unsigned int before = 256;

			for (unsigned int threads = 1; threads <= 4 * smp; threads++) {
				unsigned int mib = memory(tests[i], threads, smp, 10000);

				g_assert_cmpuint(mib, >=, before);
				g_assert_cmpuint(mib % 64, ==, 0);
				before = mib;
			}
		}
	}
	g_assert_cmpuint(memory("full_fit_alloc_test", 1, 8, 1), >=, 256 + 256);
	g_assert_cmpuint(memory("full_fit_alloc_test", 16, 16, 1), >=, 5 * 1024);
	g_assert_cmpuint(memory("fix_size_alloc_test", 1, 4, 1), <=, 512);
	g_assert_cmpuint(memory("kvfree_rcu_1_arg_vmalloc_test", 1, 1, G_MAXINT32), <=, 1024);
	g_assert_cmpuint(memory("held_churn_load", 1, 1, 1), >=, 256 + 15000 * 4 / 1024);
	g_assert_cmpuint(memory_of("memory_load", 0, 100000), >=, 256 + 100000 * 4 / 1024);
	g_assert_cmpuint(memory_of("memory_load", 0, 100000), <=, 1024);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/load/params", test_params);
	g_test_add_func("/load/own-loads", test_own_loads);
	g_test_add_func("/load/cycles", test_cycles);
	g_test_add_func("/load/own-names", test_own_names);
	g_test_add_func("/load/own-defaults", test_own_defaults);
	g_test_add_func("/load/no-module", test_no_module);
	g_test_add_func("/load/storms", test_storms);
	g_test_add_func("/load/drills", test_drills);
	g_test_add_func("/load/memory", test_memory);
	return g_test_run();
}
