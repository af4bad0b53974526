// SPDX-License-Identifier: GPL-2.0-only
#include "render/locks.h"

#include <glib.h>
#include <math.h>

#include "trace-builder.h"

#define CELL "fix_size_alloc_test/4"

static const char plan_text[] =
	"title: t\narms: [{name: a, source: linux-7.3}, {name: b, source: linux-7.3, series: [b.patch]}]\n"
	"machine: {accel: tcg, smp: 4}\ndesign: {blocks: 2, loads: 1, seed: 1}\n"
	"cells: [{test: fix_size_alloc_test, threads: [4], loops: 10}]\n";

static void add_boot(struct run *r, unsigned int block, const char *arm, guint64 busy0, guint64 busy1)
{
	struct sample_lock *lock;

	for (enum run_probe probe = RUN_PROBE_OFF; probe <= RUN_PROBE_ATTACHED; probe++)
		builder_probe_load(r, block, arm, CELL, probe, 1000);
	builder_trace(r, block, arm, CELL, "locks", "slowpath");
	lock = builder_lock(r, block, arm, CELL, "vn[0].busy", busy0, 1000 * busy0);
	builder_caller(lock, "find_unlink_vmap_area", busy0, busy0);
	lock = builder_lock(r, block, arm, CELL, "vn[1].busy", busy1, 1000 * busy1);
	builder_caller(lock, "alloc_vmap_area", busy1 / 2, busy1);
	builder_lock(r, block, arm, CELL, "free_vmap_area_lock", 0, 0);
}

static struct run *two_arms(void)
{
	struct run *r = builder_run(plan_text, "tcg");

	r->plan->trace.loads = 1;
	for (unsigned int block = 0; block < 2; block++) {
		add_boot(r, block, "a", 60, 20);
		add_boot(r, block, "b", 10 + 2 * block, 0);
	}
	return r;
}

static void test_group_name(void)
{
	static const char *const names[][2] = {
		{ "vn[0].busy", "vn[*].busy" }, { "vn[127].pool", "vn[*].pool" },
		{ "free_vmap_area_lock", "free_vmap_area_lock" }, { "vn[].busy", "vn[].busy" },
		{ "vn[x].busy", "vn[x].busy" }, { "vn[1", "vn[1" }, { "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *group = locks_group_name(names[i][0]);

		g_assert_cmpstr(group, ==, names[i][1]);
	}
}

static void test_groups(void)
{
	g_autoptr(run) r = two_arms();
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(locks) l = locks_new(c, false);
	const struct locks_row *row = l->rows->pdata[0];

	/* Nobody waited for free_vmap_area_lock. */
	g_assert_cmpuint(l->rows->len, ==, 1);
	g_assert_cmpstr(row->lock, ==, "vn[*].busy");
	g_assert_cmpfloat(row->sides[0].waits.median, ==, 80);
	g_assert_cmpfloat(row->sides[1].waits.median, ==, 11);
	g_assert_cmpfloat(row->sides[1].waits.highest, ==, 12);
	g_assert_cmpfloat(row->sides[0].wait_us.median, ==, 80);
	g_assert_cmpfloat(row->sides[0].max_us.highest, ==, 60);
	g_assert_cmpstr(g_array_index(row->sides[0].callers, struct locks_caller, 0).site, ==, "find_unlink_vmap_area");
	g_assert_cmpfloat(locks_caller_pct(&row->sides[0], "alloc_vmap_area"), ==, 25);
	g_assert_cmpfloat(locks_caller_pct(&row->sides[0], "nobody"), ==, 0);
	g_assert_true(locks_is_sampled(&row->sides[0]));
	g_assert_false(locks_is_sampled(&row->sides[1]));
}

static void test_each(void)
{
	g_autoptr(run) r = two_arms();
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(locks) l = locks_new(c, true);
	const struct locks_row *second = l->rows->pdata[1];

	g_assert_cmpuint(l->rows->len, ==, 2);
	g_assert_cmpstr(second->lock, ==, "vn[1].busy");
	g_assert_cmpfloat(second->sides[1].waits.median, ==, 0);
	g_assert_true(isnan(locks_caller_pct(&second->sides[1], "alloc_vmap_area")));
}

static void test_other_source(void)
{
	g_autoptr(run) r = two_arms();
	struct run_trace *last = r->traces->pdata[r->traces->len - 1];
	struct run_collector *of = last->collectors->pdata[0];
	g_autoptr(comparison) c = NULL;
	g_autoptr(locks) l = NULL;

	g_assert_cmpstr(last->arm, ==, "b");
	g_free(of->backend);
	of->backend = g_strdup("tracepoint");
	c = comparison_new(r, COMPARISON_MEDIAN);
	l = locks_new(c, false);
	g_assert_nonnull(strstr(l->refused[1], "b was measured by slowpath and tracepoint, a by slowpath"));
}

/* More CPUs in the guest than the host has: the times are the host's. */
static void test_times_of_the_host(void)
{
	g_autoptr(run) r = two_arms();
	g_autoptr(comparison) c = NULL;
	g_autoptr(locks) known = NULL;
	g_autoptr(locks) enough = NULL;
	json_t *host = json_pack("{si}", "cpus", 2);

	json_object_set_new(r->manifest, "host", host);
	c = comparison_new(r, COMPARISON_MEDIAN);
	known = locks_new(c, false);
	g_assert_nonnull(strstr(known->no_times, "The guest has 4 CPUs and the host 2"));
	json_object_set_new(host, "cpus", json_integer(4));
	enough = locks_new(c, false);
	g_assert_null(enough->no_times);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/locks/group-name", test_group_name);
	g_test_add_func("/locks/groups", test_groups);
	g_test_add_func("/locks/each", test_each);
	g_test_add_func("/locks/other-source", test_other_source);
	g_test_add_func("/locks/times-of-the-host", test_times_of_the_host);
	return g_test_run();
}
