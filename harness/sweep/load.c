// SPDX-License-Identifier: GPL-2.0-only
#include "load.h"

#include <string.h>

#include "base/error.h"
#include "bpf/storm.h"
#include "runners/wire.h"

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

/*
 * Our own loads (kernels/module/loads.c): what they hold, by the pages and the tables of an area that is held,
 * and what each worker has beside that. Defaults are those of the module.
 */
static const struct {
	const char *test;
	unsigned int pages, live;
	unsigned int held_bytes;	/* of each area that is held */
	unsigned int page_bytes; /* and of each of the pages that the cell says, where held areas have these */
} own_needs[] = {
	{ "churn_load", 3, 0, 0, 0 },
	{ "held_churn_load", 100, 15000, 4096 + 512, 0 },
	{ "lookup_load", 4, 15000, 1024, 8 },
	{ "lifetime_load", 16, 1000, 512, 4096 },
};

/* Of all workers; 0 when @row is no load of our own. */
static unsigned int own_mib(const struct plan_row *row)
{
	for (size_t i = 0; i < G_N_ELEMENTS(own_needs); i++) {
		guint64 pages = row->cell->pages ? row->cell->pages : own_needs[i].pages;
		guint64 live = row->cell->live ? row->cell->live : own_needs[i].live;
		guint64 held_bytes = own_needs[i].held_bytes + own_needs[i].page_bytes * pages;

		if (!strcmp(own_needs[i].test, row->cell->test))
			return (live * held_bytes + row->threads * (pages + 1) * 4096) / (1 << 20) + 1;
	}
	return 0;
}

/* A module that leaves something behind in each cycle. */
static bool leaks(const struct plan_row *row)
{
	return !strcmp(row->cell->test, "drill-leak");
}

/* A file of the module for each worker, the kernel's copy while it reads it, and what the module holds. */
static unsigned int cycle_mib(const struct plan_row *row)
{
	guint64 file_bytes = MAX(row->cell->pages * 4096ULL, 1 << 16);
	guint64 leaked_bytes = leaks(row) ? row->cell->loops * 4096ULL : 0;

	return row->threads * (2 * file_bytes + row->cell->live * 4096ULL + leaked_bytes) / (1 << 20) + 1;
}

/*
 * A quarter more for slabs and page tables; whole 64 MiB, so that rows of one kind get the same machine.
 */
static unsigned int machine_mib(unsigned int load_mib)
{
	return (BASE_MIB + load_mib * 5 / 4 + 63) / 64 * 64;
}

unsigned int load_memory_mib(const struct plan_row *row, unsigned int smp)
{
	unsigned int worker_mib = 0;

	/* A storm wants twice its limit to be free at the start. */
	if (storm_find_test(row->cell->test))
		return (BASE_MIB + 2 * storm_limit_mib(row) + 63) / 64 * 64;
	if (plan_cell_cycles(row->cell))
		return machine_mib(cycle_mib(row));
	if (plan_cell_reads_memory(row->cell))
		return machine_mib(plan_cell_held_mib(row->cell));
	if (own_mib(row) > 0)
		return machine_mib(own_mib(row));

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		if (!strcmp(needs[i].test, row->cell->test))
			worker_mib = needs[i].worker_mib(row, smp);
	}
	if (worker_mib == 0)
		worker_mib = small_mib(row, smp);
	return machine_mib(row->threads * worker_mib);
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
			    "the modules of this kernel (%s) have no test \"%s\"; they have: %s", k->dir, test,
			    list);
	else
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "this kernel (%s) was built elsewhere and has no test modules, so that it cannot "
			    "run the test \"%s\"; map_storm and its like need none",
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

/* The agent makes its load of memory by the module of the one that only loads it, which takes as many areas. */
static const char *load_name(const struct plan_row *row)
{
	return plan_cell_reads_memory(row->cell) ? "module_load" : row->cell->test;
}

static bool check_own(const struct kernel *k, const struct plan_row *row, const char *key, bool wanted,
		      GError **error)
{
	if (!wanted || kernel_load_takes(k, load_name(row), key))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "the cell %s cannot run: %s has no parameter \"%s\"", row->name, row->cell->test, key);
	return false;
}

/*
 * Of our own modules: those of vmap_load are named like the keys of a cell, and so are the words by which the
 * agent is told to load vmap_soak_000 over and over.
 */
static char *own_params(const struct kernel *k, const struct plan_row *row, unsigned int loops, GError **error)
{
	const struct plan_cell *cell = row->cell;
	GString *params;

	if (!check_own(k, row, "pages", cell->pages > 0, error) ||
	    !check_own(k, row, "live", cell->live > 0, error) ||
	    !check_own(k, row, "huge", cell->huge, error) ||
	    !check_own(k, row, "latency", cell->latency, error) ||
	    !check_own(k, row, "pressure", cell->pressure, error))
		return NULL;
	params = g_string_new(NULL);
	if (!plan_cell_cycles(cell) && !plan_cell_reads_memory(cell))
		g_string_append_printf(params, "load=%s threads=%u ", cell->test, row->threads);
	g_string_append_printf(params, "loops=%u", loops);
	if (cell->pages > 0)
		g_string_append_printf(params, " pages=%u", cell->pages);
	if (cell->live > 0)
		g_string_append_printf(params, " live=%u", cell->live);
	if (cell->latency)
		g_string_append(params, " latency=1");
	if (cell->pressure)
		g_string_append(params, " pressure=1");
	if (leaks(row))
		g_string_append(params, " leak=1");
	return g_string_free(params, FALSE);
}

const char *load_module(const struct kernel *k, const struct plan_row *row)
{
	const char *own = kernel_load_module(k, load_name(row));

	if (storm_find_test(row->cell->test))
		return NULL;
	return own ? own : WIRE_MODULE_TEST;
}

char *load_params(const struct kernel *k, const struct plan_row *row, unsigned int loops, GError **error)
{
	const struct plan_cell *cell = row->cell;
	const struct storm_kind *storm = storm_find_test(cell->test);
	guint64 mask;
	GString *params;

	if (storm)
		return storm_params(storm, row, loops, error);
	if (kernel_load_module(k, load_name(row)))
		return own_params(k, row, loops, error);
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
