// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/lock-site.h"

#include <glib.h>

#define TEXT	0xffffffff81000000ULL
#define FREE	(TEXT + 0x2000000)
#define OTHER	(TEXT + 0x2000040)
/* Two nodes of 0x1880 bytes are in four pages. */
#define NODES	0xffff888100054000ULL

static const struct locate with_nodes = {
	.has_nodes = true, .node_size = 0x1880, .node_locks = { 0x1800, 0x1820, 0x1840 },
};
static const struct locate without_nodes = { 0 };

static struct lock_seen seen_by(guint64 address, const char *first, const char *second)
{
	return (struct lock_seen){
		.address = address,
		.site = lock_site_function(first),
		.candidates = lock_site_candidates(first) & (second ? lock_site_candidates(second) : ~0U),
	};
}

static void test_functions(void)
{
	g_assert_cmpuint(lock_site_candidates("find_unlink_vmap_area"), !=, 0);
	g_assert_cmpuint(lock_site_candidates("new_vmap_block"), ==, 0);
	g_assert_null(lock_site_function("kmem_cache_alloc"));
	g_assert_cmpuint(lock_site_candidates("free_vmap_area_noflush"), ==,
			 LOCK_OF_NODES(LOCK_LAZY) | 1U << LOCK_PURGE_AREAS | 1U << LOCK_AREAS);
}

static void test_missing(void)
{
	struct locate where = with_nodes;

	where.locks[LOCK_FREE] = FREE;
	g_assert_cmpuint(lock_site_missing(&where), ==,
			 1U << LOCK_PURGE | LOCK_OF_NODES(LOCK_POOL) | LOCK_OF_NODES(LOCK_BUSY) |
				 LOCK_OF_NODES(LOCK_LAZY));
	where.nodes = NODES;
	where.locks[LOCK_PURGE] = OTHER;
	g_assert_cmpuint(lock_site_missing(&where), ==, 0);
	g_assert_cmpuint(lock_site_missing(&without_nodes), ==, (1U << LOCK_STATICS) - 1);
}

/* A function that takes three locks: which one it is the address tells. */
static void test_nodes(void)
{
	struct lock_seen seen[] = {
		seen_by(NODES + 0x1820, "alloc_vmap_area", NULL),
		seen_by(NODES + 0x1880 + 0x1800, "alloc_vmap_area", NULL),
		seen_by(NODES + 0x1880 + 0x1840, "free_vmap_area_noflush", NULL),
		seen_by(FREE, "alloc_vmap_area", NULL),
		seen_by(OTHER, "drain_vmap_area_work", NULL),
	};

	lock_site_name(seen, G_N_ELEMENTS(seen), &with_nodes, TEXT, 2);
	g_assert_cmpstr(seen[0].name, ==, "vn[0].busy");
	g_assert_cmpstr(seen[1].name, ==, "vn[1].pool");
	g_assert_cmpstr(seen[2].name, ==, "vn[1].lazy");
	g_assert_cmpstr(seen[3].name, ==, "free_vmap_area_lock");
	g_assert_cmpstr(seen[4].name, ==, "vmap_purge_lock");
}

/* One that has no place in such an array: then all is doubtful that came of it. A name that was told stays. */
static void test_doubt(void)
{
	struct lock_seen seen[3] = {
		seen_by(NODES + 0x1820, "alloc_vmap_area", NULL),
		seen_by(NODES + 0x1880 + 0x1824, "alloc_vmap_area", NULL),
		seen_by(NODES + 0x1880 + 0x1820, "alloc_vmap_area", NULL),
	};

	lock_site_name(seen, 1, &with_nodes, TEXT, 2);
	lock_site_name(seen, 3, &with_nodes, TEXT, 2);
	g_assert_cmpstr(seen[0].name, ==, "vn[0].busy");
	g_assert_cmpstr(seen[1].name, ==, "lock of alloc_vmap_area");
	g_assert_cmpstr(seen[2].name, ==, "lock of alloc_vmap_area, 2");
}

/* Where it should be the busy lock by its place, one who never takes that one waited. */
static void test_contradiction(void)
{
	struct lock_seen seen = seen_by(NODES + 0x1820, "free_vmap_area_noflush", NULL);

	lock_site_name(&seen, 1, &with_nodes, TEXT, 2);
	g_assert_cmpstr(seen.name, ==, "lock of free_vmap_area_noflush");
}

static void test_unknown_layout(void)
{
	const struct locate where = { .has_nodes = true };
	struct lock_seen seen = seen_by(NODES + 0x1820, "find_vmap_area", NULL);

	lock_site_name(&seen, 1, &where, TEXT, 2);
	g_assert_cmpstr(seen.name, ==, "lock of find_vmap_area");
}

/* Before vmap nodes: what one is for certain, the other is not. */
static void test_elimination(void)
{
	struct lock_seen seen[] = {
		seen_by(FREE, "alloc_vmap_area", NULL),
		seen_by(OTHER, "alloc_vmap_area", "find_vmap_area"),
		seen_by(FREE + 0x80, "__purge_vmap_area_lazy", "free_vmap_area_noflush"),
	};

	lock_site_name(seen, G_N_ELEMENTS(seen), &without_nodes, TEXT, 4);
	g_assert_cmpstr(seen[0].name, ==, "free_vmap_area_lock");
	g_assert_cmpstr(seen[1].name, ==, "vmap_area_lock");
	g_assert_cmpstr(seen[2].name, ==, "purge_vmap_area_lock");
}

static void test_ambiguous(void)
{
	struct lock_seen seen = seen_by(FREE, "alloc_vmap_area", NULL);

	lock_site_name(&seen, 1, &without_nodes, TEXT, 4);
	g_assert_cmpstr(seen.name, ==, "lock of alloc_vmap_area");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lock-site/functions", test_functions);
	g_test_add_func("/lock-site/missing", test_missing);
	g_test_add_func("/lock-site/nodes", test_nodes);
	g_test_add_func("/lock-site/doubt", test_doubt);
	g_test_add_func("/lock-site/contradiction", test_contradiction);
	g_test_add_func("/lock-site/unknown-layout", test_unknown_layout);
	g_test_add_func("/lock-site/elimination", test_elimination);
	g_test_add_func("/lock-site/ambiguous", test_ambiguous);
	return g_test_run();
}
