// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/hist.h"

#include <glib.h>

#include "bpf/symbols.h"

/* What the collectors promise: a bucket's values are alike within 3 %. */
#define ERROR_MAX 0.03

static void test_bounds(void)
{
	unsigned int i;

	g_assert_cmpuint(hist_low(0), ==, 0);
	g_assert_cmpuint(hist_low(HIST_BUCKETS), ==, 1ULL << HIST_BITS);
	for (i = 0; i < HIST_BUCKETS; i++) {
		guint64 low = hist_low(i), next = hist_low(i + 1);

		g_assert_cmpuint(next, >, low);
		g_assert_cmpuint(hist_index(low), ==, i);
		g_assert_cmpuint(hist_index(next - 1), ==, i);
		if (next - low > 1)
			g_assert_cmpfloat((double)(next - 1 - low) / (double)low, <=, ERROR_MAX);
	}
}

/* The bucket of every value is the one whose bounds hold it, found here by looking at all. */
static void test_values(void)
{
	int n;

	for (n = 0; n < 2000; n++) {
		guint64 value = ((guint64)(guint32)g_test_rand_int() << 16 ^ (guint32)g_test_rand_int()) >>
				g_test_rand_int_range(12, 48);
		unsigned int i = 0;

		while (hist_low(i + 1) <= value)
			i++;
		g_assert_cmpuint(hist_index(value), ==, i);
	}
}

static void test_too_long(void)
{
	g_assert_cmpuint(hist_index(1ULL << HIST_BITS), ==, HIST_BUCKETS - 1);
	g_assert_cmpuint(hist_index(G_MAXUINT64), ==, HIST_BUCKETS - 1);
}

/* Of whatever kernel runs the tests. */
static void test_symbols(void)
{
	char why[200] = "";
	struct symbols *s = symbols_read(why, sizeof(why));
	guint64 address, offset = 1;

	if (!s) {
		g_assert_cmpstr(why, !=, "");
		g_test_skip(why);
		return;
	}
	g_assert_true(symbols_has(s, "find_vmap_area"));
	g_assert_false(symbols_has(s, "find_vmap_are"));
	g_assert_false(symbols_has(s, ""));
	g_assert_cmpuint(symbols_address(s, "no such function"), ==, 0);
	g_assert_null(symbols_function(s, 0, NULL));
	address = symbols_address(s, "find_vmap_area");
	if (address) {
		g_assert_cmpstr(symbols_function(s, address, &offset), ==, "find_vmap_area");
		g_assert_cmpuint(offset, ==, 0);
		g_assert_cmpstr(symbols_function(s, address + 3, &offset), ==, "find_vmap_area");
		g_assert_cmpuint(offset, ==, 3);
	}
	symbols_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hist/bounds", test_bounds);
	g_test_add_func("/hist/values", test_values);
	g_test_add_func("/hist/too-long", test_too_long);
	g_test_add_func("/symbols", test_symbols);
	return g_test_run();
}
