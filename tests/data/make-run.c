// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a synthetic run folder for the tests of compare and plot: make-run SCENARIO FOLDER. The same every
 * time. The figures are drawn (log-normal between and within boots), nothing is measured, and each manifest
 * says so.
 */
#include <errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "journal/attach-run.h"
#include "make-trace.h"

#define WORDS_MAX 16

#define WIDE_CELL(test) \
	"  - {test: " test ", threads: [1, 2, 4, 8, 16, 64], loops: 9, pages: 512, huge: true}\n"

#define MANY_CELL(test) "  - {test: " test ", threads: [1, 2, 4, 8, 16], loops: 100}\n"

#define SWEEP_CELL(test) "  - {test: " test ", threads: [1, 2, 4, 8], loops: 100}\n"

#define LONG_CELL(test) \
	"  - {test: " test ", threads: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28], loops: 9}\n"

#define SERIES_ARMS \
	"arms:\n" \
	"  - {name: stock, source: linux-7.3}\n" \
	"  - {name: all, source: linux-7.3, series: [.]}\n"
#define SERIES_PATCHES { \
	"mm/vmalloc: name what is done with an index", \
	"mm/vmalloc: keep the areas that are freed lazily on a list, with the range that they cover", \
	"mm/vmalloc: does not compile", \
	"mm/vmalloc: compiles, and panics", \
	"mm/vmalloc: is well again, and faster than before", \
	"mm/vmalloc: does not apply", \
	"mm/vmalloc: comes behind it", \
}
#define SERIES_COMPILER \
	"kernel 3 does not compile; the whole log is logs/3.log:\n" \
	"  | mm/vmalloc.c:2077:2: error: implicit declaration of function \'nobody\'"
#define SERIES_HUNK \
	"0006-drawn.patch:8: hunk 1 of mm/vmalloc.c does not apply: its context lines are not in the file (expected around " \
	"line 2069). Rebase the patch onto this source"

#define MONTHLY_PLAN \
	"title: measured every month, drawn\n" \
	"arms:\n" \
	"  - {name: stock, source: linux-7.3}\n" \
	"  - {name: mine, source: linux-7.3, series: [mine.patch]}\n" \
	"aa: true\n" \
	"machine: {accel: tcg, smp: 4}\n" \
	"design: {blocks: 10, loads: 1, seed: 7}\n" \
	"cells: [{test: full_fit_alloc_test, threads: [1, 4], loops: 1000}]\n"

/* Two machines in QEMU, of which one counts and one keeps time, and a board. */
#define MACHINES_PLAN \
	"title: on three machines, drawn\n" \
	"arms:\n" \
	"  - {name: stock, source: linux-7.3}\n" \
	"  - {name: mine, source: linux-7.3, series: [mine.patch]}\n" \
	"aa: true\n" \
	"rebuilds: 3\n" \
	"machines:\n" \
	"  - {name: qemu-x86, accel: counted}\n" \
	"  - {name: qemu-arm64, arch: arm64, cpu: cortex-a72, smp: 4, accel: tcg}\n" \
	"  - {name: lab, runner: board, board: lab.yaml}\n" \
	"design: {blocks: 8, loads: 1, seed: 7}\n" \
	"cells:\n" \
	"  - {test: fix_size_alloc_test, threads: [1, 4], loops: 1000}\n" \
	"  - {test: full_fit_alloc_test, threads: [1], loops: 1000}\n"

struct scenario {
	const char *name;
	const char *plan;
	const char *accel;
	const char *arms[WORDS_MAX];		/* as they are booted, A/A included */
	double slower[WORDS_MAX];		/* factor on the baseline's time per doubling of threads */
	const char *tests[WORDS_MAX];
	const char *variant;			/* what follows the threads in a cell's name */
	unsigned int threads[WORDS_MAX];
	unsigned int blocks, loads;
	double between, within;			/* standard deviations of logarithms */
	double scale_us;
	double setup_us;			/* the time of one loop; 0: the plan does not subtract it */
	int broken_arm;				/* panics in its second boot; -1: none */
	unsigned int late_block;		/* the second arm's blocks start here: 0 pairs them all */
	unsigned int lost_blocks;		/* the last arm misses so many at the end */
	int host_cpus;				/* 0: not recorded */
	const char *backend[WORDS_MAX];		/* of the tracing pass, per arm; NULL: the run has none */
	const char *source[WORDS_MAX];
	double shorter[WORDS_MAX];		/* factor on what one call takes */
	const char *image[WORDS_MAX];		/* digests in the manifest; NULL: it has none */
	int area_bytes[WORDS_MAX];		/* of struct vmap_area; 0: the manifest knows no sizes */
	const char *patch;			/* digest of the second arm's only patch */
	const char *created;
	const char *patches[WORDS_MAX];		/* subjects: the run is of `vmapbench series` */
	const char *unbuilt[WORDS_MAX];		/* why that arm has no kernel; NULL: it has one */
	unsigned int seed;			/* added to that of what is drawn */
	const char *machine;			/* of those that the plan lists; NULL: it lists none */
	const char *board;			/* its name; NULL: it was none */
};

static const struct scenario scenarios[] = {
	{
		.name = "timed", .accel = "tcg", .broken_arm = -1,
		.plan = "title: slower and faster, drawn\n"
			"arms:\n"
			"  - {name: rb, source: linux-7.3}\n"
			"  - {name: mt, source: linux-7.3, series: [mt.patch]}\n"
			"  - {name: same, source: linux-7.3, series: [same.patch]}\n"
			"baseline: rb\n"
			"aa: true\n"
			"machine: {runner: qemu, arch: x86_64, smp: 8, accel: tcg}\n"
			"design: {blocks: 12, loads: 2, seed: 7}\n"
			"cells:\n"
			"  - {test: fix_size_alloc_test, threads: [1, 4], loops: 1000}\n"
			"  - {test: long_busy_list_alloc_test, threads: [1, 4], loops: 1000}\n",
		.arms = { "rb", "mt", "same", "aa" },
		.slower = { 1, 0.94, 1, 1 },
		.area_bytes = { 72, 48, 72, 72 },
		.tests = { "fix_size_alloc_test", "long_busy_list_alloc_test" },
		.threads = { 1, 4 },
		.blocks = 12, .loads = 2, .between = 0.012, .within = 0.006, .scale_us = 84000,
	}, {
		.name = "one-block", .accel = "kvm", .broken_arm = -1,
		.plan = "title: one block\n"
			"arms:\n"
			"  - {name: base, source: linux-7.3}\n"
			"  - {name: slow, source: linux-7.3, series: [s.patch]}\n"
			"machine: {accel: kvm, smp: 4}\n"
			"design: {blocks: 1, loads: 2, seed: 1}\n"
			"cells: [{test: full_fit_alloc_test, threads: [2], loops: 10}]\n",
		.arms = { "base", "slow" },
		.slower = { 1, 1.05 },
		.tests = { "full_fit_alloc_test" },
		.threads = { 2 },
		.blocks = 1, .loads = 2, .between = 0.01, .within = 0.01, .scale_us = 5000,
	}, {
		.name = "failed", .accel = "tcg", .broken_arm = 1,
		.plan = "title: a kernel that panics\n"
			"arms:\n"
			"  - {name: good, source: linux-7.3}\n"
			"  - {name: broken, source: linux-7.3, series: [b.patch]}\n"
			"  - {name: other, source: linux-7.3, series: [o.patch]}\n"
			"machine: {accel: tcg, smp: 4}\n"
			"design: {blocks: 3, loads: 2, seed: 2}\n"
			"cells: [{test: fix_size_alloc_test, threads: [1, 2], loops: 10}]\n",
		.arms = { "good", "broken", "other" },
		.slower = { 1, 1, 1.02 },
		.tests = { "fix_size_alloc_test" },
		.threads = { 1, 2 }, .blocks = 3, .loads = 2, .between = 0.01, .within = 0.01, .scale_us = 5000,
	}, {
		.name = "interrupted", .accel = "tcg", .broken_arm = -1, .late_block = 7, .lost_blocks = 3,
		.plan = "title: stopped half-way, blocks that do not match\n"
			"arms:\n"
			"  - {name: base, source: linux-7.3}\n"
			"  - {name: late, source: linux-7.3, series: [l.patch]}\n"
			"  - {name: less, source: linux-7.3, series: [m.patch]}\n"
			"machine: {accel: tcg, smp: 4}\n"
			"design: {blocks: 15, loads: 1, seed: 3}\n"
			"cells: [{test: fix_size_alloc_test, threads: [1], loops: 10}]\n",
		.arms = { "base", "late", "less" },
		.slower = { 1, 0.9, 0.97 },
		.tests = { "fix_size_alloc_test" },
		.threads = { 1 }, .blocks = 10, .loads = 1, .between = 0.01, .within = 0.01, .scale_us = 70000,
	}, {
		.name = "counted", .accel = "counted", .broken_arm = -1,
		.plan = "title: counted, with three layouts\n"
			"arms:\n"
			"  - {name: stock, source: linux-7.3}\n"
			"  - {name: canary, source: linux-7.3, series: [canary.patch]}\n"
			"aa: true\n"
			"rebuilds: 3\n"
			"machine: {accel: counted}\n"
			"design: {blocks: 1, loads: 1, seed: 1}\n"
			"cells:\n"
			"  - {test: fix_size_alloc_test, threads: [1], loops: 1000}\n"
			"  - {test: full_fit_alloc_test, threads: [1], loops: 1000}\n",
		.arms = { "stock", "stock~1", "stock~2", "stock~3", "canary", "aa" },
		.slower = { 1, 1.004, 0.997, 1.001, 1.05, 1 },
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test" },
		.threads = { 1 },
		.blocks = 1, .loads = 1, .scale_us = 2719446,
	}, {
		.name = "counted-images", .accel = "counted", .broken_arm = -1,
		.plan = "title: images against images, without set-up\n"
			"arms:\n"
			"  - {name: stock, source: linux-7.3}\n"
			"  - {name: mine, source: linux-7.3, series: [mine.patch]}\n"
			"rebuilds: 4\n"
			"rebuild_candidates: true\n"
			"subtract_setup: true\n"
			"machine: {accel: counted}\n"
			"design: {blocks: 1, loads: 2, seed: 1}\n"
			"cells:\n"
			"  - {test: fix_size_alloc_test, threads: [1], loops: 1001}\n"
			"  - {test: full_fit_alloc_test, threads: [1], loops: 1001}\n",
		.arms = { "stock", "stock~1", "stock~2", "stock~3", "stock~4",
			  "mine", "mine~1", "mine~2", "mine~3", "mine~4" },
		.slower = { 1, 1.004, 0.997, 1.001, 0.999, 0.98, 0.982, 0.979, 0.981, 0.977 },
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test" },
		.threads = { 1 },
		.blocks = 1, .loads = 2, .scale_us = 14000, .setup_us = 2500,
	}, {
		.name = "wide", .accel = "tcg", .broken_arm = -1,
		.plan = "title: the longest names and the largest figures that a plan can "
			"hold, K\303\266ln \342\202\254\n"
			"arms:\n"
			"  - {name: a-baseline-with-the-longest-name.allowed, source: linux-7.3}\n"
			"  - {name: a_candidate.with_the.longest_name-allowd, source: linux-7.3, "
			"series: [x.patch]}\n"
			"machine: {accel: tcg, smp: 16}\n"
			"design: {blocks: 6, loads: 1, seed: 4}\n"
			"cells:\n"
			WIDE_CELL("fix_size_alloc_test")
			WIDE_CELL("full_fit_alloc_test")
			WIDE_CELL("kvfree_rcu_1_arg_vmalloc_test")
			WIDE_CELL("long_busy_list_alloc_test")
			WIDE_CELL("random_size_align_alloc_test")
			WIDE_CELL("a_test_of_forty_letters_is_the_most_here"),
		.arms = { "a-baseline-with-the-longest-name.allowed",
			  "a_candidate.with_the.longest_name-allowd" },
		.slower = { 1, 0.81 }, .variant = "/p512/huge",
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test", "kvfree_rcu_1_arg_vmalloc_test",
			   "long_busy_list_alloc_test", "random_size_align_alloc_test",
			   "a_test_of_forty_letters_is_the_most_here" },
		.threads = { 1, 2, 4, 8, 16, 64 }, .blocks = 6, .loads = 1, .between = 0.3, .within = 0.05,
		.scale_us = 3e7,
	}, {
		.name = "traced", .accel = "tcg", .broken_arm = -1, .host_cpus = 8,
		.plan = "title: with a tracing pass, drawn\n"
			"arms:\n"
			"  - {name: rb, source: linux-7.3}\n"
			"  - {name: mt, source: linux-7.3, series: [mt.patch]}\n"
			"  - {name: old, source: linux-6.1}\n"
			"baseline: rb\n"
			"machine: {accel: tcg, smp: 4}\n"
			"design: {blocks: 9, loads: 1, seed: 5}\n"
			"trace: {latency: true, locks: true, loads: 2}\n"
			"cells: [{test: fix_size_alloc_test, threads: [4], loops: 500}]\n",
		.arms = { "rb", "mt", "old" },
		.slower = { 1, 0.9, 1.1 },
		.tests = { "fix_size_alloc_test" },
		.threads = { 4 }, .blocks = 9, .loads = 1, .between = 0.01, .within = 0.01, .scale_us = 70000,
		.backend = { "fentry", "fentry", "tp_btf" }, .source = { "slowpath", "slowpath", "tracepoint" },
		.shorter = { 1, 0.8, 1.1 },
	}, {
		.name = "traced-once", .accel = "tcg", .broken_arm = -1, .host_cpus = 2,
		.plan = "title: one traced boot of more CPUs than the host has\n"
			"arms:\n"
			"  - {name: a, source: linux-7.3}\n"
			"  - {name: b, source: linux-7.3, series: [b.patch]}\n"
			"machine: {accel: tcg, smp: 4}\n"
			"design: {blocks: 1, loads: 1, seed: 6}\n"
			"trace: {loads: 1}\n"
			"cells: [{test: fix_size_alloc_test, threads: [4], loops: 500}]\n",
		.arms = { "a", "b" },
		.slower = { 1, 0.9 },
		.tests = { "fix_size_alloc_test" },
		.threads = { 4 }, .blocks = 1, .loads = 1, .between = 0.01, .within = 0.01, .scale_us = 70000,
		.backend = { "fsession", "fsession" }, .source = { "slowpath", "slowpath" },
		.shorter = { 1, 0.8 },
	}, {
		.name = "traced-counted", .accel = "counted", .broken_arm = -1,
		.plan = "title: a counted tracing pass, drawn\n"
			"arms:\n"
			"  - {name: stock, source: linux-7.3}\n"
			"  - {name: mine, source: linux-7.3, series: [mine.patch]}\n"
			"rebuilds: 3\n"
			"machine: {accel: counted}\n"
			"design: {blocks: 1, loads: 1, seed: 1}\n"
			"trace: {locks: false, loads: 1}\n"
			"cells: [{test: fix_size_alloc_test, threads: [1], loops: 500}]\n",
		.arms = { "stock", "stock~1", "stock~2", "stock~3", "mine" },
		.slower = { 1, 1.002, 0.999, 1.001, 0.9 },
		.tests = { "fix_size_alloc_test" },
		.threads = { 1 }, .blocks = 1, .loads = 1, .scale_us = 70000,
		.backend = { "fentry", "fentry", "fentry", "fentry", "fentry" },
		.source = { NULL },
		.shorter = { 1, 1.004, 0.997, 1.001, 0.8 },
	}, {
		/* 4 arms x 25 rows x 200 blocks x 50 loads: for the bench. */
		.name = "million", .accel = "tcg", .broken_arm = -1,
		.plan = "title: a million loads, drawn\n"
			"arms:\n"
			"  - {name: rb, source: linux-7.3}\n"
			"  - {name: mt, source: linux-7.3, series: [mt.patch]}\n"
			"  - {name: same, source: linux-7.3, series: [same.patch]}\n"
			"baseline: rb\n"
			"aa: true\n"
			"machine: {accel: tcg, smp: 16}\n"
			"design: {blocks: 200, loads: 50, seed: 8}\n"
			"cells:\n"
			MANY_CELL("fix_size_alloc_test")
			MANY_CELL("full_fit_alloc_test")
			MANY_CELL("long_busy_list_alloc_test")
			MANY_CELL("random_size_alloc_test")
			MANY_CELL("vm_map_ram_test"),
		.arms = { "rb", "mt", "same", "aa" },
		.slower = { 1, 0.98, 1, 1 },
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test", "long_busy_list_alloc_test",
			   "random_size_alloc_test", "vm_map_ram_test" },
		.threads = { 1, 2, 4, 8, 16 },
		.blocks = 200, .loads = 50, .between = 0.02, .within = 0.01, .scale_us = 84000,
	}, {
		.name = "sweep", .accel = "tcg", .broken_arm = -1,
		.plan = "title: a whole sweep, drawn\n"
			"arms:\n"
			"  - {name: rb, source: linux-7.3}\n"
			"  - {name: mt, source: linux-7.3, series: [mt.patch]}\n"
			"baseline: rb\n"
			"aa: true\n"
			"machine: {accel: tcg, smp: 8}\n"
			"design: {blocks: 30, loads: 3, seed: 8}\n"
			"cells:\n"
			SWEEP_CELL("fix_size_alloc_test")
			SWEEP_CELL("full_fit_alloc_test")
			SWEEP_CELL("long_busy_list_alloc_test")
			SWEEP_CELL("random_size_alloc_test")
			SWEEP_CELL("fix_align_alloc_test")
			SWEEP_CELL("random_size_align_alloc_test")
			SWEEP_CELL("pcpu_alloc_test")
			SWEEP_CELL("kvfree_rcu_1_arg_vmalloc_test")
			SWEEP_CELL("vm_map_ram_test"),
		.arms = { "rb", "mt", "aa" },
		.slower = { 1, 0.97, 1 },
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test", "long_busy_list_alloc_test",
			   "random_size_alloc_test", "fix_align_alloc_test", "random_size_align_alloc_test",
			   "pcpu_alloc_test", "kvfree_rcu_1_arg_vmalloc_test", "vm_map_ram_test" },
		.threads = { 1, 2, 4, 8 },
		.blocks = 30, .loads = 3, .between = 0.02, .within = 0.01, .scale_us = 84000,
		.area_bytes = { 72, 48, 72 },
	}, {
		.name = "long", .accel = "tcg", .broken_arm = -1,
		.plan = "title: two hundred and ten rows, drawn\n"
			"arms:\n"
			"  - {name: rb, source: linux-7.3}\n"
			"  - {name: mt, source: linux-7.3, series: [mt.patch]}\n"
			"baseline: rb\n"
			"machine: {accel: tcg, smp: 8}\n"
			"design: {blocks: 2, loads: 1, seed: 8}\n"
			"cells:\n"
			LONG_CELL("fix_size_alloc_test")
			LONG_CELL("full_fit_alloc_test")
			LONG_CELL("long_busy_list_alloc_test")
			LONG_CELL("random_size_alloc_test")
			LONG_CELL("fix_align_alloc_test")
			LONG_CELL("random_size_align_alloc_test")
			LONG_CELL("pcpu_alloc_test")
			LONG_CELL("kvfree_rcu_1_arg_vmalloc_test")
			LONG_CELL("kvfree_rcu_2_arg_vmalloc_test")
			LONG_CELL("vm_map_ram_test")
			LONG_CELL("no_block_alloc_test")
			LONG_CELL("vrealloc_test")
			LONG_CELL("align_shift_alloc_test")
			LONG_CELL("shrink_vrealloc_test"),
		.arms = { "rb", "mt" },
		.slower = { 1, 0.97 },
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test", "long_busy_list_alloc_test",
			   "random_size_alloc_test", "fix_align_alloc_test", "random_size_align_alloc_test",
			   "pcpu_alloc_test", "kvfree_rcu_1_arg_vmalloc_test", "kvfree_rcu_2_arg_vmalloc_test",
			   "vm_map_ram_test", "no_block_alloc_test", "vrealloc_test", "align_shift_alloc_test",
			   "shrink_vrealloc_test" },
		.threads = { 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28 },
		.blocks = 2, .loads = 1, .between = 0.02, .within = 0.01, .scale_us = 84000,
	}, {
		.name = "series", .accel = "counted", .broken_arm = 4,
		.plan = "title: a series, drawn\n"
			SERIES_ARMS
			"rebuilds: 3\n"
			"machine: {accel: counted}\n"
			"design: {blocks: 1, loads: 1, seed: 1}\n"
			"cells:\n"
			"  - {test: fix_size_alloc_test, threads: [1], loops: 1000}\n"
			"  - {test: full_fit_alloc_test, threads: [1], loops: 1000}\n",
		.arms = { "stock", "1", "2", "3", "4", "5", "6", "7", "stock~1", "stock~2", "stock~3" },
		.slower = { 1, 1.003, 0.93, 1, 1, 0.86, 1, 1, 1.004, 0.997, 1.001 },
		.area_bytes = { 72, 72, 72, 72, 48, 48 },
		.patches = SERIES_PATCHES,
		.unbuilt = { [3] = SERIES_COMPILER, [6] = SERIES_HUNK, [7] = "it stands on patch 6, which has no kernel" },
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test" },
		.threads = { 1 },
		.blocks = 1, .loads = 1, .scale_us = 2719446,
	}, {
		.name = "series-timed", .accel = "tcg", .broken_arm = -1,
		.plan = "title: a series, timed, drawn\n"
			SERIES_ARMS
			"aa: true\n"
			"machine: {accel: tcg, smp: 4}\n"
			"design: {blocks: 10, loads: 2, seed: 1}\n"
			"cells: [{test: full_fit_alloc_test, threads: [1, 4], loops: 1000}]\n",
		.arms = { "stock", "1", "2", "3", "aa" },
		.slower = { 1, 1, 0.9, 0.95, 1 },
		.patches = { "mm/vmalloc: do nothing", "mm/vmalloc: be faster", "mm/vmalloc: be not so fast" },
		.tests = { "full_fit_alloc_test" },
		.threads = { 1, 4 },
		.blocks = 10, .loads = 2, .between = 0.01, .within = 0.006, .scale_us = 84000,
	}, {
		/* Two runs of one plan: the baseline is the same kernel in both, the candidate's patch has become another. */
		.name = "month-1", .accel = "tcg", .broken_arm = -1, .created = "2026-06-13T10:00:00Z",
		.plan = MONTHLY_PLAN, .arms = { "stock", "mine", "aa" },
		.slower = { 1, 0.94, 1 }, .image = { "1a", "1b", "1a" }, .patch = "9a",
		.tests = { "full_fit_alloc_test" }, .threads = { 1, 4 },
		.blocks = 10, .loads = 1, .between = 0.012, .within = 0.006, .scale_us = 84000,
	}, {
		.name = "month-2", .accel = "tcg", .broken_arm = -1, .created = "2026-07-13T10:00:00Z", .seed = 1,
		.plan = MONTHLY_PLAN, .arms = { "stock", "mine", "aa" },
		.slower = { 1, 0.98, 1 }, .image = { "1a", "1c", "1a" }, .patch = "9b",
		.tests = { "full_fit_alloc_test" }, .threads = { 1, 4 },
		.blocks = 10, .loads = 1, .between = 0.012, .within = 0.006, .scale_us = 84000,
	},
};

/* A plan that lists machines: a run for each. */
static const struct scenario machines[] = {
	{
		.name = "qemu-x86", .machine = "qemu-x86", .accel = "counted", .broken_arm = -1,
		.plan = MACHINES_PLAN, .arms = { "stock", "mine", "stock~1", "stock~2", "stock~3", "aa" },
		.slower = { 1, 0.94, 1.001, 0.998, 1.002, 1 },
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test" }, .threads = { 1, 4 },
		.blocks = 8, .loads = 1, .scale_us = 2719446,
	}, {
		.name = "qemu-arm64", .machine = "qemu-arm64", .accel = "tcg", .broken_arm = -1, .host_cpus = 2,
		.plan = MACHINES_PLAN, .arms = { "stock", "mine", "aa" },
		.slower = { 1, 0.95, 1 },
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test" }, .threads = { 1, 4 },
		.blocks = 8, .loads = 1, .between = 0.012, .within = 0.006, .scale_us = 84000,
	}, {
		.name = "lab", .machine = "lab", .accel = "board", .board = "lab", .broken_arm = -1,
		.plan = MACHINES_PLAN, .arms = { "stock", "mine", "aa" },
		.slower = { 1, 1.06, 1 },
		.tests = { "fix_size_alloc_test", "full_fit_alloc_test" }, .threads = { 1, 4 },
		.blocks = 8, .loads = 1, .between = 0.012, .within = 0.006, .scale_us = 4200,
	},
};

static void write_record(FILE *out, json_t *record)
{
	json_dumpf(record, out, JSON_COMPACT | JSON_REAL_PRECISION(15));
	fputc('\n', out);
	json_decref(record);
}

static void write_boot(FILE *out, unsigned int block, const char *arm, const char *boot, const char *class,
		       const char *why)
{
	json_t *record = json_pack("{si ss si ss ss ss}", "v", 1, "t", "boot", "block", block, "arm", arm,
				   "boot", boot, "event", class ? "end" : "up");

	if (class)
		json_object_set_new(record, "class", json_string(class));
	if (why)
		json_object_set_new(record, "why", json_string(why));
	write_record(out, record);
}

static void write_load(FILE *out, const struct scenario *s, gsl_rng *random, const json_t *place,
		       unsigned int threads, double center)
{
	json_t *record = json_pack("{si ss}", "v", 1, "t", "load");
	json_t *workers = json_array();
	double slowest = 0;

	json_object_update(record, (json_t *)place);
	for (unsigned int i = 0; i < threads; i++) {
		double time = floor(center * exp(gsl_ran_gaussian(random, s->within)));

		slowest = fmax(slowest, time);
		json_array_append_new(workers, json_integer(time));
	}
	json_object_set_new(record, "workers_us", workers);
	json_object_set_new(record, "wall_us", json_integer(slowest + 1500));
	json_object_set_new(record, "taint", json_integer(0));
	write_record(out, record);
}

/* What a tracer says of one load of that arm. */
static json_t *draw_records(const struct scenario *s, gsl_rng *random, unsigned int arm, double boot)
{
	static const struct drawn_function functions[] = {
		{ "alloc_vmap_area", 2000, 1900, 0.35 }, { "purge_vmap_node", 12, 64000, 0.5 },
	};
	json_t *records = json_array();

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		json_array_append_new(records, draw_hist(random, &functions[i], s->backend[arm], boot * s->shorter[arm]));
	if (!s->source[arm])
		return records;
	json_array_append_new(records, draw_lock(random, "vn[0].busy", s->source[arm], 120 * pow(s->shorter[arm], 6),
						 "find_unlink_vmap_area"));
	json_array_append_new(records, draw_lock(random, "vn[1].busy", s->source[arm], 60 * pow(s->shorter[arm], 6),
						 "find_unlink_vmap_area"));
	json_array_append_new(records, draw_lock(random, "free_vmap_area_lock", s->source[arm], 30, "alloc_vmap_area"));
	return records;
}

static void write_at(FILE *out, json_t *record, const json_t *place)
{
	json_object_set_new(record, "v", json_integer(1));
	json_object_update(record, (json_t *)place);
	write_record(out, record);
}

/* The traced boot of a cell: every state of the probe in turn. */
static void write_traced_cell(FILE *out, const struct scenario *s, gsl_rng *random, unsigned int block,
			      unsigned int arm, const char *cell, double center)
{
	static const char *const states[] = { "off", "loaded", "attached" };
	static const double costs[] = { 1, 1.01, 1.12 };
	double factor = exp(gsl_ran_gaussian(random, s->between));
	char boot[80];

	snprintf(boot, sizeof(boot), "b%03u-t00-%s", block, s->arms[arm]);
	for (int state = 0; state < 3; state++) {
		json_t *place = json_pack("{si ss ss}", "block", block, "arm", s->arms[arm], "boot", boot);

		write_at(out, draw_trace(states[state], s->backend[arm], s->source[arm] ? s->source[arm] : "slowpath"), place);
		for (unsigned int load = 0; load < (s->blocks > 1 ? 2 : 1); load++) {
			json_t *records = state == 2 ? draw_records(s, random, arm, factor) : json_array();
			json_t *record;
			size_t i;

			json_object_set_new(place, "cell", json_string(cell));
			json_object_set_new(place, "load", json_integer(load));
			json_array_foreach(records, i, record)
				write_at(out, json_incref(record), place);
			json_object_set_new(place, "probe", json_string(states[state]));
			write_load(out, s, random, place, 1, center * factor * costs[state]);
			json_object_del(place, "probe");
			json_decref(records);
		}
		json_decref(place);
	}
}

/* One boot per test and thread count, as a plan does by default. */
static void write_cell(FILE *out, const struct scenario *s, gsl_rng *random, unsigned int block,
		       unsigned int arm, unsigned int test, unsigned int thread)
{
	unsigned int threads = s->threads[thread];
	double center = s->scale_us * (1 + 0.7 * test) * (1 + 0.6 * log2(threads)) *
			pow(s->slower[arm], 1 + log2(threads)) * exp(gsl_ran_gaussian(random, s->between));
	char boot[80], cell[120];

	if (s->unbuilt[arm])
		return;
	snprintf(boot, sizeof(boot), "b%03u-%s-%u", block, s->arms[arm], test * WORDS_MAX + thread);
	snprintf(cell, sizeof(cell), "%s/%u%s", s->tests[test], threads, s->variant ? s->variant : "");
	write_boot(out, block, s->arms[arm], boot, NULL, NULL);
	if ((int)arm == s->broken_arm && (block == 1 || s->blocks == 1)) {
		write_boot(out, block, s->arms[arm], boot, "kernel",
			   "the kernel panicked: Kernel panic - not syncing: Fatal exception in interrupt");
		return;
	}
	for (unsigned int load = 0; load < s->loads * (s->setup_us > 0 ? 2 : 1); load++) {
		bool setup = load >= s->loads;
		json_t *place = json_pack("{ss si ss ss ss si}", "t", setup ? "setup" : "load", "block", block, "arm",
					  s->arms[arm], "boot", boot, "cell", cell, "load", load);

		write_load(out, s, random, place, threads, setup ? s->setup_us : center);
		json_decref(place);
	}
	write_boot(out, block, s->arms[arm], boot, "ok", NULL);
	if (s->backend[arm])
		write_traced_cell(out, s, random, block, arm, cell, center);
}

static unsigned int count_words(const char *const *words)
{
	unsigned int count = 0;

	while (count < WORDS_MAX && words[count])
		count++;
	return count;
}

static void write_journal(FILE *out, const struct scenario *s)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	unsigned int arms = count_words(s->arms), tests = count_words(s->tests);

	gsl_rng_set(random, 20261120 + s->seed);
	for (unsigned int block = 0; block < s->blocks + s->late_block; block++) {
		for (unsigned int arm = 0; arm < arms; arm++) {
			if ((arm == 1 && block < s->late_block) || (arm != 1 && block >= s->blocks) ||
			    (arm + 1 == arms && block + s->lost_blocks >= s->blocks))
				continue;
			for (unsigned int test = 0; test < tests; test++) {
				for (unsigned int i = 0; s->threads[i]; i++)
					write_cell(out, s, random, block, arm, test, i);
			}
		}
	}
	gsl_rng_free(random);
}

/* A kernel with smaller areas has more code, and no nodes. */
static void add_sizes(json_t *kernel, int area_bytes)
{
	json_t *node = area_bytes < 72 ? json_null() : json_pack("{si}", "bytes", 6272);

	json_object_set_new(kernel, "vmap_area", json_pack("{si}", "bytes", area_bytes));
	json_object_set_new(kernel, "vmap_node", node);
	json_object_set_new(kernel, "vmalloc_object",
			    json_pack("{si si si}", "text", 70000 - 300 * area_bytes, "data", 912, "bss", 352));
	json_object_set_new(kernel, "image", json_pack("{si}", "bytes", 4990000 - 100 * area_bytes));
}

/* The kernel's manifest: of one arm, who it is and, where the scenario says, what it was made of. */
static json_t *make_kernel(const struct scenario *s, unsigned int arm)
{
	char build[41];
	json_t *kernel;

	snprintf(build, sizeof(build), "%08x%032x", 0x5eed0000 + arm, arm);
	kernel = json_pack("{ss ss}", "release", "7.3.4", "build_id", build);
	if (s->image[arm])
		json_object_set_new(kernel, "image", json_pack("{ss}", "sha256", s->image[arm]));
	if (s->patch && arm == 1)
		json_object_set_new(kernel, "series", json_pack("[{ss ss}]", "file", "mine.patch", "sha256", s->patch));
	if (s->area_bytes[arm])
		add_sizes(kernel, s->area_bytes[arm]);
	return kernel;
}

static json_t *make_arm(const struct scenario *s, unsigned int arm)
{
	if (s->unbuilt[arm])
		return json_pack("{ss s{ss}}", "name", s->arms[arm], "unbuilt", "why", s->unbuilt[arm]);
	return json_pack("{ss so}", "name", s->arms[arm], "kernel", make_kernel(s, arm));
}

static json_t *make_series(const struct scenario *s)
{
	json_t *patches = json_array();

	for (unsigned int i = 0; i < count_words(s->patches); i++) {
		char file[40];

		snprintf(file, sizeof(file), "%04u-drawn.patch", i + 1);
		json_array_append_new(patches, json_pack("{ss ss}", "file", file, "subject", s->patches[i]));
	}
	return json_pack("{so}", "patches", patches);
}

static json_t *make_manifest(const struct scenario *s)
{
	json_t *manifest;
	json_t *arms = json_array();
	json_t *host = s->host_cpus ? json_pack("{si}", "cpus", s->host_cpus) : json_object();

	for (unsigned int i = 0; i < count_words(s->arms); i++) {
		if (strcmp(s->arms[i], "aa"))
			json_array_append_new(arms, make_arm(s, i));
	}
	manifest = json_pack("{si ss s{ss ss} s[sss] si ss so so ss*}", "v", 1, "synthetic",
			 "drawn by tests/data/make-run.c, for tests", "plan", "path", "plan.yaml", "text",
			 s->plan, "command", "vmapbench", "sweep", "plan.yaml", "seed", 7, "accel", s->accel,
			 "arms", arms, "host", host, "created", s->created);
	if (s->machine)
		json_object_set_new(manifest, "target", json_pack("{ss}", "machine", s->machine));
	if (s->board)
		json_object_set_new(manifest, "board", json_pack("{ss ss ss si}", "name", s->board, "class", "drawn",
								  "arch", "arm64", "cpus", 8));
	if (s->patches[0]) {
		json_object_set_new(manifest, "series", make_series(s));
		json_object_set_new(manifest, "command", json_pack("[sss]", "vmapbench", "series", "plan.yaml"));
	}
	return manifest;
}

static FILE *create(const char *folder, const char *name)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = fopen(path, "we");
	if (!out) {
		fprintf(stderr, "make-run: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return out;
}

/* Runs of attach, of one sample each. */
static const struct drawn_attach {
	const char *name, *backend, *kernel;
	double shorter;
} drawn_attaches[] = {
	{ "attach-before", "fentry", "7.3.4", 1 },
	{ "attach-after", "fentry", "7.3.5", 0.8 },
	{ "attach-events", "tp_btf", "7.3.4", 1 },
};

static json_t *draw_sample(const struct drawn_attach *a, gsl_rng *random, unsigned int calls)
{
	const struct drawn_function function = { "alloc_vmap_area", calls, 1900, 0.35 };
	json_t *lock = draw_lock(random, "vn[0].busy", "slowpath", calls * a->shorter / 10, "find_unlink_vmap_area");
	json_t *other = draw_lock(random, "vn[1].busy", "slowpath", calls / 20.0, "alloc_vmap_area");

	return json_pack("[ooo{ss si si si}]", draw_hist(random, &function, a->backend, a->shorter), lock, other, "t", "state",
			 "vmalloc_used_kib", 21000, "areas", 1200, "lazy_pages", 96);
}

static int write_attach(const struct drawn_attach *a, const char *folder)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	json_t *manifest = json_pack("{ss s{ss si}}", "synthetic", "drawn by tests/data/make-run.c, for tests", "host",
				     "kernel", a->kernel, "cpus", 2);
	json_t *trace = draw_trace("attached", a->backend, "slowpath"), *records = draw_sample(a, random, 4000);
	json_t *lines = attach_log_sample(records, 10, true);
	GError *error = NULL;
	struct attach_log *log = attach_log_create(folder, manifest, trace, &error);

	if (!log || !attach_log_append(log, lines, &error)) {
		fprintf(stderr, "make-run: %s\n", error->message);
		return 1;
	}
	attach_log_close(log);
	json_decref(lines);
	json_decref(records);
	json_decref(trace);
	json_decref(manifest);
	gsl_rng_free(random);
	return 0;
}

static const struct scenario *find_scenario(const char *name)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	}
	fprintf(stderr, "make-run: there is no scenario \"%s\"\n", name);
	exit(2);
}

static void write_manifest(const char *folder, json_t *manifest)
{
	FILE *out = create(folder, "manifest.json");

	json_dumpf(manifest, out, JSON_INDENT(2));
	fputc('\n', out);
	fclose(out);
	json_decref(manifest);
}

static int write_run(const struct scenario *s, const char *folder)
{
	FILE *out;

	mkdir(folder, 0755);
	write_manifest(folder, make_manifest(s));
	out = create(folder, "journal.jsonl");
	write_journal(out, s);
	fclose(out);
	return 0;
}

static int write_machines(const char *folder)
{
	json_t *names = json_array();
	char path[4096];

	mkdir(folder, 0755);
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		json_array_append_new(names, json_string(machines[i].name));
		snprintf(path, sizeof(path), "%s/%s", folder, machines[i].name);
		write_run(&machines[i], path);
	}
	write_manifest(folder, json_pack("{si ss s{ss ss} s[sss] so}", "v", 1, "kind", "machines", "plan", "path",
					 "plan.yaml", "text", MACHINES_PLAN, "command", "vmapbench", "sweep",
					 "plan.yaml", "machines", names));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: make-run SCENARIO FOLDER\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(drawn_attaches) / sizeof(drawn_attaches[0]); i++) {
		if (!strcmp(drawn_attaches[i].name, argv[1]))
			return write_attach(&drawn_attaches[i], argv[2]);
	}
	if (!strcmp(argv[1], "machines"))
		return write_machines(argv[2]);
	return write_run(find_scenario(argv[1]), argv[2]);
}
