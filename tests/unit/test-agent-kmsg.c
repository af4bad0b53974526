// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/gate.h"
#include "runners/agent/kmsg.h"

#include <glib.h>
#include <string.h>

static void test_records(void)
{
	static const struct {
		const char *raw;
		unsigned int priority;
		guint64 sequence, time_us;
		const char *text;	/* NULL: no record */
	} cases[] = {
		{ "6,232,742088,-;Run /init as init process\n", 6, 232, 742088, "Run /init as init process" },
		{ "12,5,1,-;vmapbench: begin a/1 0\n", 12, 5, 1, "vmapbench: begin a/1 0" },
		{ "4,7,8,c;part\n SUBSYSTEM=pci\n DEVICE=+pci:0\n", 4, 7, 8, "part" },
		{ "6,1,2,-,caller=T1;a;b\n", 6, 1, 2, "a;b" },
		{ "6,1,2;no flags\n", 6, 1, 2, "no flags" },
		{ "6,1,2,-;", 6, 1, 2, "" },
		{ "6,18446744073709551615,0,-;x", 6, G_MAXUINT64, 0, "x" },
		{ "6,18446744073709551616,0,-;x", .text = NULL },
		{ "4294967296,1,0,-;x", .text = NULL },
		{ "6,1,2,-no semicolon\n", .text = NULL },
		{ "6,1;x\n", .text = NULL },
		{ ",1,2,-;x\n", .text = NULL },
		{ "-6,1,2,-;x\n", .text = NULL },
		{ "6", .text = NULL },
		{ "", .text = NULL },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct kmsg_record record;
		gboolean parsed = kmsg_parse(cases[i].raw, strlen(cases[i].raw), &record);

		g_test_message("%s", cases[i].raw);
		g_assert_cmpint(parsed, ==, cases[i].text != NULL);
		if (!parsed)
			continue;
		g_assert_cmpuint(record.priority, ==, cases[i].priority);
		g_assert_cmpuint(record.sequence, ==, cases[i].sequence);
		g_assert_cmpuint(record.time_us, ==, cases[i].time_us);
		g_assert_cmpmem(record.text, record.length, cases[i].text, strlen(cases[i].text));
	}
}

static void test_facility(void)
{
	struct kmsg_record kernel = { .priority = 7 }, user = { .priority = 8 };

	g_assert_true(kmsg_from_kernel(&kernel));
	g_assert_false(kmsg_from_kernel(&user));
}

struct step {
	guint64 time_us;
	unsigned int priority;
	const char *text;
	const char *kind;	/* expected hit, or NULL */
	const char *hit;	/* its text when it is not all of @text */
};

static void run_steps(struct gate *gate, const struct step *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct kmsg_record record = { steps[i].priority, i, steps[i].time_us, steps[i].text,
					      strlen(steps[i].text) };
		const char *text = steps[i].hit ? steps[i].hit : steps[i].text;
		struct gate_hit hit;

		g_test_message("%s", steps[i].text);
		g_assert_cmpint(gate_feed(gate, &record, &hit), ==, steps[i].kind != NULL);
		if (!steps[i].kind)
			continue;
		g_assert_cmpstr(hit.kind, ==, steps[i].kind);
		g_assert_cmpmem(hit.text, hit.length, text, strlen(text));
	}
}

static void test_one_hit_per_report(void)
{
	static const struct step steps[] = {
		{ 100, 4, "------------[ cut here ]------------", NULL, NULL },
		{ 101, 4, "WARNING: mm/vmalloc.c:500 at f+0x1/0x2, CPU#0: a/1", "warn", NULL },
		{ 102, 4, "Call Trace:", NULL, NULL },
		{ 103, 4, "---[ end trace 0000000000000000 ]---", NULL, NULL },
		{ 104, 3, "BUG: KASAN: slab-use-after-free in f+0x1/0x2", "kasan", NULL },
		{ 105, 0, "Kernel panic - not syncing: kasan.fault=panic set ...", NULL, NULL },
		{ 1000100, 3, "INFO: task a:1 blocked for more than 10 seconds.", NULL, NULL },
		{ 2000201, 3, "INFO: task b:2 blocked for more than 10 seconds.", "hung-task", NULL },
	};
	struct gate gate = { 0 };

	run_steps(&gate, steps, G_N_ELEMENTS(steps));
}

static void test_processes_are_ignored(void)
{
	static const struct step steps[] = {
		{ 1, 12, "Kernel panic - not syncing: says a process", NULL, NULL },
		{ 2, 0, "Kernel panic - not syncing: says the kernel", "panic", NULL },
	};
	struct gate gate = { 0 };

	run_steps(&gate, steps, G_N_ELEMENTS(steps));
}

static void test_message_of_several_lines(void)
{
	static const struct step steps[] = {
		{ 1, 4, "\\x0aharmless\\x0aBUG: Bad page state in process a\\x0amore", "page",
		  "BUG: Bad page state in process a" },
		{ 2, 4, "\\x0a\\x0a", NULL, NULL },
		{ 3, 4, "", NULL, NULL },
	};
	struct gate gate = { 0 };

	run_steps(&gate, steps, G_N_ELEMENTS(steps));
}

/* What the test provokes neither hits nor hides another report behind it. */
static void test_ignored_kind(void)
{
	static const struct step by_design[] = {
		{ 1, 4, "vmalloc_test/0: vmalloc error: size 4096, align 0x1, vm_struct allocation failed", NULL, NULL },
		{ 2, 3, "BUG: KASAN: slab-use-after-free in f+0x1/0x2", "kasan", NULL },
	};
	static const struct step otherwise[] = {
		{ 3, 4, "vmalloc_test/0: vmalloc error: size 4096, failed to allocate pages", "vmalloc", NULL },
	};
	struct gate gate = { 0 };

	gate_restart(&gate, "vmalloc");
	run_steps(&gate, by_design, G_N_ELEMENTS(by_design));
	gate_restart(&gate, NULL);
	run_steps(&gate, otherwise, G_N_ELEMENTS(otherwise));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent/kmsg/records", test_records);
	g_test_add_func("/agent/kmsg/facility", test_facility);
	g_test_add_func("/agent/gate/one-hit-per-report", test_one_hit_per_report);
	g_test_add_func("/agent/gate/processes", test_processes_are_ignored);
	g_test_add_func("/agent/gate/several-lines", test_message_of_several_lines);
	g_test_add_func("/agent/gate/ignored-kind", test_ignored_kind);
	return g_test_run();
}
