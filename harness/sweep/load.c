// SPDX-License-Identifier: GPL-2.0-only
#include "load.h"

#include <string.h>

#include "base/error.h"
#include "bpf/storm.h"

/* Kernel, initramfs, BTF, per-CPU areas; and room for memory that is freed only later (RCU, pcp lists). */
#define BASE_MIB 256

/* 32 MiB worth of pointers to pages, held twice (ptr and junk_ptr), times fls(online CPUs). */
static unsigned int full_fit_mib(const struct plan_row *row, unsigned int smp)
{
	(void)row;
	return 2 * 32 * g_bit_storage(smp);
}

/* 15,000 single pages held, and their page tables and areas. */
static unsigned int long_busy_mib(const struct plan_row *row, unsigned int smp)
{
	(void)row;
	(void)smp;
	return 15000 * 4 / 1024 + 8;
}

/* 35,000 objects of 1 to 1024 bytes, aligned up to 2 KiB, on every CPU. */
static unsigned int pcpu_mib(const struct plan_row *row, unsigned int smp)
{
	(void)row;
	return 35000 * 2 / 1024 * smp;
}

/* One page per loop is freed only after a grace period; the loops of one are rarely more than this. */
static unsigned int kvfree_mib(const struct plan_row *row, unsigned int smp)
{
	(void)smp;
	return MIN(row->cell->loops / 256 + 1, 512);
}

/* Up to 2^15 pages at growing alignment, one at a time; the page tables stay. */
static unsigned int small_mib(const struct plan_row *row, unsigned int smp)
{
	(void)smp;
	return 2 + row->cell->pages / 256;
}

static const struct {
	const char *test;
	unsigned int (*worker_mib)(const struct plan_row *row, unsigned int smp);
} needs[] = {
	{ "full_fit_alloc_test", full_fit_mib },
	{ "long_busy_list_alloc_test", long_busy_mib },
	{ "pcpu_alloc_test", pcpu_mib },
	{ "kvfree_rcu_1_arg_vmalloc_test", kvfree_mib },
	{ "kvfree_rcu_2_arg_vmalloc_test", kvfree_mib },
};

/* The limit of a storm: room for a few of its largest areas in each thread, and as much again for what is being
 * freed. */
static unsigned int storm_limit_mib(const struct plan_row *row)
{
	return STORM_MEMORY_MIB + row->threads * row->cell->pages / 16;
}

unsigned int load_memory_mib(const struct plan_row *row, unsigned int smp)
{
	unsigned int worker_mib = 0;

	/* A storm wants twice its limit to be free at the start. */
	if (storm_find_test(row->cell->test))
		return (BASE_MIB + 2 * storm_limit_mib(row) + 63) / 64 * 64;

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		if (!strcmp(needs[i].test, row->cell->test))
			worker_mib = needs[i].worker_mib(row, smp);
	}
	if (worker_mib == 0)
		worker_mib = small_mib(row, smp);
	/* A quarter more for slabs and page tables; whole 64 MiB, so that rows of one kind get the same
	 * machine. */
	return (BASE_MIB + row->threads * worker_mib * 5 / 4 + 63) / 64 * 64;
}

/* Cells that do harm instead of a load, so that a user can see what the harness makes of it. */
static const struct {
	const char *test;
	char key;		/* of Documentation/admin-guide/sysrq.rst */
} drills[] = {
	{ "drill-panic", 'c' },
	{ "drill-oom", 'f' },
	{ "drill-reboot", 'b' },
};

char load_drill(const struct plan_row *row)
{
	for (size_t i = 0; i < G_N_ELEMENTS(drills); i++) {
		if (!strcmp(drills[i].test, row->cell->test))
			return drills[i].key;
	}
	return 0;
}

static bool check_param(const struct kernel *k, const char *name, GError **error)
{
	if (kernel_test_has_param(k, name))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "test_vmalloc of this kernel (%s) has no parameter \"%s\", which the plan needs", k->dir,
		    name);
	return false;
}

static bool set_no_test(const struct kernel *k, const char *test, GError **error)
{
	g_auto(GStrv) names = kernel_test_names(k);
	g_autofree char *list = g_strjoinv(", ", names);

	if (k->module)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "test_vmalloc of this kernel (%s) has no test \"%s\"; it has: %s", k->dir, test,
			    list);
	else
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "this kernel (%s) was built elsewhere and has no test_vmalloc module, so that it "
			    "cannot run the test \"%s\"; map_storm and its like need none",
			    k->dir, test);
	return false;
}

/* What the agent is to do where no module is needed; checked as it will be there. */
static char *storm_params(const struct storm_kind *kind, const struct plan_row *row, unsigned int ops,
			  GError **error)
{
	const struct plan_cell *cell = row->cell;
	struct storm_options options = {
		.kind = kind,
		.threads = row->threads,
		.pages = cell->pages,
		.memory_mib = storm_limit_mib(row),
	};
	char why[400];

	if (!cell->huge && storm_check(&options, why, sizeof(why)))
		return g_strdup_printf("ops=%u pages=%u live=%u memory_mib=%u", ops, options.pages,
				       options.live, options.memory_mib);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "the cell %s cannot run: %s", row->name,
		    cell->huge ? "huge is a parameter of test_vmalloc, and this test does without it" : why);
	return NULL;
}

char *load_params(const struct kernel *k, const struct plan_row *row, unsigned int loops, GError **error)
{
	const struct plan_cell *cell = row->cell;
	const struct storm_kind *storm = storm_find_test(cell->test);
	guint64 mask;
	GString *params;

	if (storm)
		return storm_params(storm, row, loops, error);
	mask = kernel_test_mask(k, cell->test);
	if (mask == 0 && !set_no_test(k, cell->test, error))
		return NULL;
	if ((cell->pages > 0 && !check_param(k, "nr_pages", error)) ||
	    (cell->huge && !check_param(k, "use_huge", error)))
		return NULL;
	params = g_string_new(NULL);
	g_string_append_printf(params,
			       "run_test_mask=%" G_GUINT64_FORMAT " nr_threads=%u test_loop_count=%u "
			       "test_repeat_count=1 sequential_test_order=1",
			       mask, row->threads, loops);
	if (cell->pages > 0)
		g_string_append_printf(params, " nr_pages=%u", cell->pages);
	if (cell->huge)
		g_string_append(params, " use_huge=1");
	return g_string_free(params, FALSE);
}
