// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/taint.h"

#include <glib.h>
#include <string.h>

#define BIT(n) (1ULL << (n))

static void test_log(void)
{
	static const struct {
		const char *text;
		guint64 bits;
	} cases[] = {
		{ "CPU: 0 PID: 1 Comm: a Tainted: G        W          6.1.0 #1", BIT(9) },
		{ "CPU: 0 PID: 1 Comm: a Tainted: P      D W  OE      6.1.0 #1", BIT(0) | BIT(7) | BIT(9) | BIT(12) | BIT(13) },
		{ "CPU: 0 UID: 0 PID: 1 Comm: a Tainted: G    B               7.3.4 #1 PREEMPT", BIT(5) },
		{ "CPU: 0 PID: 1 Comm: a Tainted: G        W          Custom #1", BIT(9) },
		{ "CPU: 0 PID: 1 Comm: a Not tainted 7.3.4 #1", 0 },
		{ "Tainted: [W]=WARN, [O]=OOT_MODULE", 0 },
		{ "Tainted: ", 0 },
		{ "a: loading out-of-tree module taints kernel.", BIT(12) },
		{ "a: module verification failed: signature and/or required key missing - tainting kernel", BIT(13) },
		{ "a: module license 'Proprietary' taints kernel.", BIT(0) },
		{ "a: loading test module taints kernel.", BIT(18) },
		{ "harmless", 0 },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].text);
		g_assert_cmphex(taint_from_log(cases[i].text, strlen(cases[i].text)), ==, cases[i].bits);
	}
}

static void test_classes(void)
{
	const guint64 health = BIT(4) | BIT(5) | BIT(7) | BIT(9) | BIT(14);

	g_assert_cmphex(taint_of_loading(), ==, BIT(0) | BIT(1) | BIT(10) | BIT(12) | BIT(13) | BIT(18));
	g_assert_cmphex(taint_of_place() & (taint_of_loading() | health), ==, 0);
	g_assert_cmphex(taint_of_loading() & health, ==, 0);
}

static void test_describe(void)
{
	char text[600], small[8];

	taint_describe(BIT(9) | BIT(14), text, sizeof(text));
	g_assert_cmpstr(text, ==, "W (a warning was issued), L (soft lockup)");
	taint_describe(BIT(50), text, sizeof(text));
	g_assert_cmpstr(text, ==, "bit 50");
	taint_describe(0, text, sizeof(text));
	g_assert_cmpstr(text, ==, "");
	taint_describe(G_MAXUINT64, small, sizeof(small));
	g_assert_cmpuint(strlen(small), ==, sizeof(small) - 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent/taint/log", test_log);
	g_test_add_func("/agent/taint/classes", test_classes);
	g_test_add_func("/agent/taint/describe", test_describe);
	return g_test_run();
}
