// SPDX-License-Identifier: GPL-2.0-only
/* What the agent makes of /proc/vmallocinfo, and when it calls growth a leak. */
#include "runners/agent/areas.h"

#include <glib.h>
#include <string.h>

#define LINE "0xffffc90000000000-0xffffc90000002000    8192 "
#define STACK "0xffffc90000010000-0xffffc90000015000   20480 dup_task_struct+0x2d/0x1f0 pages=4 vmalloc N0=4"

/* As Linux 7.3 prints them. */
static const struct {
	const char *line;
	const char *caller;	/* NULL: it does not count */
	uint64_t bytes;
} lines[] = {
	{ LINE "gen_pool_add_owner+0x43/0xb0 pages=1 vmalloc N0=1", "gen_pool_add_owner", 8192 },
	{ LINE "acpi_os_map_iomem+0x1a6/0x1d0 phys=0x000000001ffe0000 ioremap\n", "acpi_os_map_iomem", 8192 },
	{ LINE "vmap_soak_init+0x5d/0xb0 [vmap_soak_000] pages=1 vmalloc N0=1", "vmap_soak_init", 8192 },
	{ LINE "0xffffffffa040105d pages=1 vmalloc N0=1", AREAS_NOBODY, 8192 },
	{ LINE "vm_map_ram", "vm_map_ram", 8192 },
	{ STACK, "dup_task_struct", 20480 },
	{ LINE "unpurged vm_area", NULL, 0 },
	{ "0xffffc90000000000-0xffffc90000002000", NULL, 0 },
	{ "0xffffc90000000000-0xffffc90000002000 many caller", NULL, 0 },
	{ "0xffffc90000000000-0xffffc90000002000    8192", NULL, 0 },
	{ "", NULL, 0 },
};

static void test_lines(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		struct areas areas = { 0 };

		areas_take(&areas, lines[i].line);
		g_assert_cmpuint(areas.callers_count, ==, lines[i].caller != NULL);
		if (!lines[i].caller)
			continue;
		g_assert_cmpstr(areas.callers[0].name, ==, lines[i].caller);
		g_assert_cmpuint(areas.callers[0].count, ==, 1);
		g_assert_cmpuint(areas.callers[0].bytes, ==, lines[i].bytes);
	}
}

static void take(struct areas *areas, const char *line, unsigned int times)
{
	while (times--)
		areas_take(areas, line);
}

static void test_same_caller(void)
{
	struct areas areas = { 0 };

	take(&areas, STACK, 3);
	take(&areas, LINE "a+0x1/0x2", 2);
	take(&areas, LINE "ab+0x1/0x2", 1);
	take(&areas, LINE "a+0x9/0xa", 4);
	g_assert_cmpuint(areas.callers_count, ==, 3);
	g_assert_cmpuint(areas.callers[1].count, ==, 6);
	g_assert_cmpuint(areas.callers[1].bytes, ==, 6 * 8192);
}

/* Callers beyond the table share its last place; a long name is cut. */
static void test_many_callers(void)
{
	struct areas areas = { 0 };
	char long_name[200] = LINE;

	for (unsigned int i = 0; i < 2 * AREAS_CALLERS; i++) {
		g_autofree char *line = g_strdup_printf(LINE "caller_%u+0x1/0x2", i);

		areas_take(&areas, line);
	}
	g_assert_cmpuint(areas.callers_count, ==, AREAS_CALLERS);
	g_assert_cmpuint(areas.callers[AREAS_CALLERS - 1].count, ==, AREAS_CALLERS + 1);

	areas = (struct areas){ 0 };
	memset(long_name + strlen(long_name), 'x', 100);
	take(&areas, long_name, 2);
	g_assert_cmpuint(areas.callers_count, ==, 1);
	g_assert_cmpuint(strlen(areas.callers[0].name), ==, AREAS_CALLER_MAX - 1);
}

static bool are_back(const struct areas *before, const struct areas *after, uint32_t count, uint32_t kib,
		     char *text)
{
	const struct areas_allowed allowed = { count, kib };

	return areas_are_back(before, after, &allowed, "before the load", text, 300);
}

static void test_growth(void)
{
	struct areas before = { 0 }, after = { 0 };
	char text[300] = "";

	take(&before, STACK, 9);
	take(&before, LINE "a+0x1/0x2", 5);
	take(&after, LINE "a+0x1/0x2", 7);
	take(&after, LINE "0xffffffffa040105d", 3);
	g_assert_true(are_back(&before, &after, 5, 40, text));
	g_assert_true(are_back(&after, &after, 0, 0, text));
	g_assert_cmpstr(text, ==, "");
	/* That stacks have gone hides neither. */
	g_assert_false(are_back(&before, &after, 4, 40, text));
	g_assert_cmpstr(text, ==,
			"vmalloc has 5 areas of 40 KiB more than before the load, 3 of 24 KiB of them from "
			"code that is gone; allowed are 4 and 40 KiB");
	g_assert_false(are_back(&before, &after, 5, 39, text));
}

/* Each load leaves three areas; between the loads come two of another caller, and stacks come and go. */
static void test_slow_leak(void)
{
	struct areas first = { 0 }, now = { 0 };
	char text[300] = "";

	take(&now, LINE "a+0x1/0x2", 5);
	first = now;
	for (unsigned int load = 0; load < 4; load++) {
		struct areas then = now;
		bool found = load == 3;

		take(&now, LINE "bpf_prog_alloc+0x1/0x2", 2);
		take(&now, STACK, 2);
		areas_raise(&first, &then, &now);
		take(&now, LINE "a+0x1/0x2", 3);
		now.callers[2].count -= 2;
		now.callers[2].bytes -= 2 * 20480;
		g_assert_cmpint(are_back(&first, &now, 9, 100, text), ==, !found);
	}
	g_assert_nonnull(strstr(text, "12 areas of 96 KiB more than before the load, 12 of 96 KiB"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/areas/lines", test_lines);
	g_test_add_func("/areas/same-caller", test_same_caller);
	g_test_add_func("/areas/many-callers", test_many_callers);
	g_test_add_func("/areas/growth", test_growth);
	g_test_add_func("/areas/slow-leak", test_slow_leak);
	return g_test_run();
}
