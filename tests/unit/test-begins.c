// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/begins.h"

#include <glib.h>

static void test_put_and_take(void)
{
	struct begins *b = begins_new(2);
	uint64_t ns = 0;

	g_assert_false(begins_take(b, 1, 1, &ns));
	g_assert_true(begins_put(b, 1, 1, 10));
	g_assert_true(begins_put(b, 1, 2, 20));
	g_assert_false(begins_put(b, 2, 1, 30));
	g_assert_true(begins_put(b, 1, 1, 40));
	g_assert_true(begins_take(b, 1, 1, &ns));
	g_assert_cmpuint(ns, ==, 40);
	g_assert_false(begins_take(b, 1, 1, &ns));
	g_assert_true(begins_put(b, 2, 1, 50));
	g_assert_true(begins_take(b, 1, 2, &ns));
	g_assert_cmpuint(ns, ==, 20);
	begins_free(b);
}

/*
 * Against GLib's table: areas that come and go in a few addresses, so that slots are taken, emptied and moved
 * up.
 */
static void test_like_another_table(void)
{
	enum { CAPACITY = 61, OBJECTS = 100, STEPS = 200000 };
	g_autoptr(GHashTable) model = g_hash_table_new(NULL, NULL);
	struct begins *b = begins_new(CAPACITY);
	unsigned int step;

	for (step = 1; step <= STEPS; step++) {
		guint number = (guint)g_test_rand_int_range(1, OBJECTS);
		uint64_t address = 0xffffc90000000000ULL + number * 0x5000ULL, ns = 0;
		gpointer key = GUINT_TO_POINTER(number), value = g_hash_table_lookup(model, key);

		if (g_test_rand_bit()) {
			gboolean fits = value || g_hash_table_size(model) < CAPACITY;

			g_assert_cmpint(begins_put(b, address, 0, step), ==, fits);
			if (fits)
				g_hash_table_insert(model, key, GUINT_TO_POINTER(step));
		} else {
			g_assert_cmpint(begins_take(b, address, 0, &ns), ==, value != NULL);
			g_assert_cmpuint(ns, ==, GPOINTER_TO_UINT(value));
			g_hash_table_remove(model, key);
		}
	}
	begins_free(b);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/begins/put-and-take", test_put_and_take);
	g_test_add_func("/begins/like-another-table", test_like_another_table);
	return g_test_run();
}
