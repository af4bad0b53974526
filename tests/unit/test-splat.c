// SPDX-License-Identifier: GPL-2.0-only
#include "runners/splat.h"

#include <glib.h>
#include <string.h>

struct sample {
	const char *kind;	/* NULL: harmless */
	const char *line;
};

/* First lines of reports as 6.1, 6.12 and 7.3 print them. */
static const struct sample reports[] = {
	{ "warn", "WARNING: CPU: 0 PID: 71 at mm/vmalloc.c:2668 remove_vm_area+0x7a/0x90" },
	{ "warn", "WARNING: CPU: 3 PID: 1 at remove_vm_area+0x7a/0x90" },
	{ "warn", "WARNING: mm/vmalloc.c:3301 at vfree+0x1c/0x40, CPU#2: insmod/71" },
	{ "warn", "WARNING: at vfree+0x1c/0x40, CPU#2: insmod/71" },
	{ "bug", "kernel BUG at mm/vmalloc.c:1702!" },
	{ "bug", "kernel BUG at free_vmap_area+0x1/0x2 [verbose debug info unavailable]" },
	{ "bug", "BUG: something that no entry names" },
	{ "oops", "BUG: kernel NULL pointer dereference, address: 0000000000000008" },
	{ "oops", "BUG: unable to handle page fault for address: ffffc90000a00000" },
	{ "oops", "Oops: 0002 [#1] PREEMPT SMP NOPTI" },
	{ "oops", "Oops: Oops: 0000 [#1] SMP NOPTI" },
	{ "oops", "Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP" },
	{ "oops", "general protection fault, probably for non-canonical address 0xdead: 0000 [#1] PREEMPT SMP" },
	{ "oops", "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI" },
	{ "oops", "divide error: 0000 [#2] SMP" },
	{ "oops", "Unable to handle kernel paging request at virtual address ffff8000a1b2c000" },
	{ "oops", "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010" },
	{ "oops", "Internal error: Oops: 0000000096000005 [#1] PREEMPT SMP" },
	{ "oops", "Internal error: Oops - Undefined instruction: 0000000002000000 [#1]  SMP" },
	{ "bug", "Internal error: Oops - BUG: 00000000f2000800 [#1]  SMP" },
	{ "kasan", "Internal error: Oops - KASAN: 00000000f2000924 [#1]  SMP" },
	{ "oops", "Insufficient stack space to handle exception!" },
	{ "oops", "SError Interrupt on CPU0, code 0x00000000be000011 -- SError" },
	{ "oops", "Unhandled 64-bit el1h sync exception on CPU0, ESR 0x0000000002000000 -- Unknown/Uncategorized" },
	{ "oops", "traps: PANIC: double fault, error_code: 0x0" },
	{ "panic", "Kernel panic - not syncing: sysrq triggered crash" },
	{ "kasan", "BUG: KASAN: vmalloc-out-of-bounds in full_fit_alloc_test+0x9c/0x100 [test_vmalloc]" },
	{ "kasan", "BUG: KASAN: invalid-access" },
	{ "kasan", "KASAN: null-ptr-deref in range [0x0000000000000008-0x000000000000000f]" },
	{ "kfence", "BUG: KFENCE: use-after-free read in f+0x1/0x2" },
	{ "kcsan", "BUG: KCSAN: data-race in vfree / vmalloc" },
	{ "kmsan", "BUG: KMSAN: uninit-value in f+0x1/0x2" },
	{ "ubsan", "UBSAN: array-index-out-of-bounds in mm/vmalloc.c:88:12" },
	{ "ubsan", "Internal error: UBSAN: array index out of bounds: 00000000f2005512 [#1] PREEMPT SMP" },
	{ "lockdep", "WARNING: possible circular locking dependency detected" },
	{ "lockdep", "WARNING: possible recursive locking detected" },
	{ "lockdep", "WARNING: possible irq lock inversion dependency detected" },
	{ "lockdep", "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected" },
	{ "lockdep", "WARNING: inconsistent lock state" },
	{ "lockdep", "WARNING: suspicious RCU usage" },
	{ "lockdep", "WARNING: bad unlock balance detected!" },
	{ "lockdep", "WARNING: held lock freed!" },
	{ "lockdep", "WARNING: insmod/71 still has locks held!" },
	{ "lockdep", "WARNING: lock held when returning to user space!" },
	{ "lockdep", "[ BUG: Invalid wait context ]" },
	{ "lockdep", "INFO: trying to register non-static key." },
	{ "lockdep", "BUG: MAX_LOCKDEP_CHAINS too low!" },
	{ "atomic", "BUG: sleeping function called from invalid context at mm/vmalloc.c:2991" },
	{ "atomic", "BUG: scheduling while atomic: vmalloc_test/0/72/0x00000002" },
	{ "atomic", "BUG: using smp_processor_id() in preemptible [00000000] code: insmod/71" },
	{ "rcu-stall", "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:" },
	{ "rcu-stall", "rcu: INFO: rcu_preempt self-detected stall on CPU" },
	{ "rcu-stall", "rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... } 21003 jiffies s: 9 root: 2/." },
	{ "lockup", "watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [vmalloc_test/1:73]" },
	{ "lockup", "NMI watchdog: Watchdog detected hard LOCKUP on cpu 2" },
	{ "lockup", "watchdog: CPU2: Watchdog detected hard LOCKUP on cpu 2" },
	{ "lockup", "smp: csd: Detected non-responsive CSD lock (#1) on CPU#0, waiting 5000000008 ns for CPU#01 f+0x0/0x1(0x0)." },
	{ "workqueue", "BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 33s!" },
	{ "hung-task", "INFO: task insmod:71 blocked for more than 120 seconds." },
	{ "hung-task", "INFO: task insmod:71 blocked in I/O wait for more than 120 seconds." },
	{ "oom", "vmalloc_test/3 invoked oom-killer: gfp_mask=0xcc2(GFP_KERNEL|__GFP_HIGHMEM), order=0, oom_score_adj=0" },
	{ "oom", "Out of memory: Killed process 1 (init) total-vm:812kB, anon-rss:60kB" },
	{ "oom", "Out of memory and no killable processes..." },
	{ "alloc", "vmalloc_test/3: page allocation failure: order:0, mode:0xcc2(GFP_KERNEL|__GFP_HIGHMEM), nodemask=(null)" },
	{ "vmalloc", "vmalloc_test/0: vmalloc error: size 4096, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL), nodemask=(null)" },
	{ "vmalloc", "vmap allocation for size 4096 failed: use vmalloc=<size> to increase size" },
	{ "vmalloc", "vmalloc_node_range for size 4096 failed: Address range restricted to 0xffffc90000000000 - 0xffffe8ffffffffff" },
	{ "refcount", "refcount_t: underflow; use-after-free." },
	{ "list", "list_add corruption. prev->next should be next (ffff888003a0c010), but was ffff888003a0c020. (prev=ffff888003a0c000)." },
	{ "list", "list_del corruption, ffff888003a0c010->next is LIST_POISON1 (dead000000000100)" },
	{ "slab", "BUG vmap_area (Not tainted): Right Redzone overwritten" },
	{ "slab", "BUG kmalloc-64 (Tainted: G    B             ): Object already free" },
	{ "page", "BUG: Bad page state in process vmalloc_test/0  pfn:01a2b" },
};

static const struct sample harmless[] = {
	{ NULL, "" },
	{ NULL, "B" },
	{ NULL, "Command line: console=ttyS0 BUG: x oops=panic Oops: 1 Kernel panic - not syncing" },
	{ NULL, "Kernel command line: note=BUG: a: page allocation failure: order:0" },
	{ NULL, "Unknown kernel command line parameters \"WARNING: x, CPU#1\", will be passed to user space." },
	{ NULL, "rcu: RCU CPU stall timeout is 21 seconds, panic is off" },
	{ NULL, "rcu: RCU calculated value of scheduler-enlistment delay is 100 jiffies." },
	{ NULL, "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter." },
	{ NULL, "watchdog: Delayed init of the lockup detector failed: -19" },
	{ NULL, "x86/bugs: return thunk changed" },
	{ NULL, "Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on, data leaks possible" },
	{ NULL, "kasan: KernelAddressSanitizer initialized (generic)" },
	{ NULL, "kfence: initialized - using 2097152 bytes for 255 objects at 0x(____ptrval____)" },
	{ NULL, "Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar" },
	{ NULL, "traps: a.out[123] general protection fault ip:401136 sp:7ffe error:0 in a.out" },
	{ NULL, "INFO: lockdep is turned off." },
	{ NULL, "mem auto-init: stack:off, heap alloc:off, heap free:off" },
	{ NULL, "sysrq: Show Blocked State" },
	{ NULL, "---[ end Kernel panic - not syncing: sysrq triggered crash ]---" },
	{ NULL, "vmapbench: begin full_fit_alloc_test/8 0" },
	{ NULL, "Summary: full_fit_alloc_test passed: 1 failed: 0 xfailed: 0 repeat: 1 loops: 1 avg: 1 usec" },
};

static void check(const char *line, const struct splat *splat, const char *kind)
{
	g_test_message("%s -> %s", line, splat ? splat->kind : "none");
	g_assert_cmpstr(splat ? splat->kind : NULL, ==, kind);
}

static void check_all(const struct sample *samples, size_t n)
{
	static const char *const stamps[] = { "", "[    1.234567] ", "<4>[   12.345678] ", "[    1.234567][    T1] ",
					      "[    1.234567] [   C0] " };
	size_t i, k;

	for (i = 0; i < n; i++) {
		const char *line = samples[i].line;

		check(line, splat_match(line, strlen(line)), samples[i].kind);
		for (k = 0; k < G_N_ELEMENTS(stamps); k++) {
			g_autofree char *stamped = g_strconcat(stamps[k], line, NULL);

			check(stamped, splat_match_console(stamped, strlen(stamped)), samples[i].kind);
		}
	}
}

static void test_reports(void)
{
	check_all(reports, G_N_ELEMENTS(reports));
}

static void test_harmless(void)
{
	check_all(harmless, G_N_ELEMENTS(harmless));
}

/* Every beginning of a line that matches is itself safe to look at: the bytes behind it do not belong to it. */
static void test_bounds(void)
{
	size_t i, length;

	for (i = 0; i < G_N_ELEMENTS(reports); i++)
		for (length = 1; length <= strlen(reports[i].line); length++) {
			g_autofree char *part = g_memdup2(reports[i].line, length);

			splat_match(part, length);
			splat_match_console(part, length);
		}
}

/* The whole console log of a boot with three loads. */
static void test_normal_boot(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "kmsg", "boot-7.3.console", NULL);
	g_autofree char *log = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GError) error = NULL;
	size_t i;

	g_file_get_contents(path, &log, NULL, &error);
	g_assert_no_error(error);
	lines = g_strsplit(log, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), >, 200);
	for (i = 0; lines[i]; i++)
		check(lines[i], splat_match_console(lines[i], strlen(lines[i])), NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/splat/reports", test_reports);
	g_test_add_func("/splat/harmless", test_harmless);
	g_test_add_func("/splat/bounds", test_bounds);
	g_test_add_func("/splat/normal-boot", test_normal_boot);
	return g_test_run();
}
