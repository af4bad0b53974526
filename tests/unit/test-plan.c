// SPDX-License-Identifier: GPL-2.0-only
#include "plan/plan.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "bpf/trace.h"

/* Lines 1 to 4 of most plans below, and the last two. */
#define HEAD "title: t\narms:\n  - {name: a, source: linux-7.3}\naa: true\n"
#define CELLS "cells:\n  - {test: x, threads: [1]}\n"
/* A plan whose line 5, whose first arm in line 3, whose first cell in line 6 is @line. */
#define LINE5(line) HEAD line "\n" CELLS
#define ARM(keys) "title: t\narms:\n  - {" keys "}\naa: true\n" CELLS
#define CELL(keys) HEAD "cells:\n  - {" keys "}\n"

#define PLAN_KEYS \
	"expected one of: title, arms, baseline, aa, rebuilds, rebuild_candidates, subtract_setup, machine, machines, design, limits, " \
	"trace, cells"
#define ARM_KEYS "expected one of: name, source, series, config, layout, append"
#define MACHINE_KEYS "expected one of: runner, arch, cpu, smp, accel, nodes, memory_mib, board"
#define LISTED_KEYS "expected one of: name, runner, arch, cpu, smp, accel, nodes, memory_mib, board"
#define DESIGN_KEYS "expected one of: blocks, loads, seed, pack, gate_pct"
#define LIMITS_KEYS "expected one of: boot_s, silence_s, load_s, run_s"
#define TRACE_KEYS "expected one of: latency, locks, loads, backend, source"
#define CELL_KEYS "expected one of: test, threads, loops, pages, live, huge, latency"
#define SOURCES "linux-7.3, deb:PACKAGE@SUITE, git:TREE@REF, tar:FILE, dir:FOLDER or image:PACKAGE@SUITE"

struct wrong_plan {
	const char *text;
	const char *error;	/* how it begins, behind the file's name: "LINE:COLUMN: ..." */
	const char *wants;	/* what it says besides */
};

/* clang-format off */
static const struct wrong_plan wrong_plans[] = {
	/* The file as a whole. */
	{ "", "1:1: the file is empty", "a plan was expected" },
	{ "# nothing but this\n", "1:1: the file is empty", "" },
	{ "hello\n", "1:1: ", "expected a plan: a mapping with title, arms and cells, found \"hello\"" },
	{ "- a\n", "1:1: ", "found a list of 1" },
	{ HEAD " : : [\n", "5:2: not valid YAML: ", "" },
	{ "title: [a\narms: x\n", "2:5: not valid YAML: ", "flow sequence" },
	{ "title: t\n\tarms: x\n", "2:1: not valid YAML: ", "tab" },
	{ "title: t\xff\n", "1:1: not valid YAML: ", "UTF-8" },
	{ "title: *nope\n", "1:8: not valid YAML: ", "alias" },
	{ "title: \"t\n", "2:1: not valid YAML: ", "quoted scalar" },
	{ HEAD CELLS "---\nbogus: 1\n", "7:1: a second document begins here", "a plan is one" },
	{ HEAD CELLS "---\nbogus: [\n", "9:1: not valid YAML: ", "" },
	{ "? [a]\n: 2\n", "1:3: this key is no plain text", "`name`" },
	{ HEAD "machine:\n  ? {a: 1}\n  : 2\n" CELLS, "6:5: this key is no plain text", "" },

	/* Unknown keys at each level, at the key. */
	{ LINE5("design: {blocks: 010}"), "5:18: design.blocks: expected a whole number from 1 to 200", "found \"010\"" },
	{ "title: \"a\\0b\"\n", "1:8: there is a byte of value 0 in this text", "" },
	{ LINE5("bogus: 1"), "5:1: bogus: there is no such key", PLAN_KEYS },
	{ "bogus: 1\n" HEAD CELLS, "1:1: bogus: there is no such key", PLAN_KEYS },
	{ HEAD CELLS "machine_s: []\n", "7:1: machine_s: there is no such key", PLAN_KEYS },
	{ LINE5("machine: {smp: 4}\nsmp: 4"), "6:1: smp: there is no such key", PLAN_KEYS },
	{ LINE5("1: 2"), "5:1: 1: there is no such key", PLAN_KEYS },
	{ ARM("name: a, source: linux-7.3, patch: x"), "3:34: arms[0].patch: there is no such key", ARM_KEYS },
	{ ARM("patch: x, name: a"), "3:6: arms[0].patch: there is no such key", ARM_KEYS },
	{ ARM("name: a, source: linux-7.3, series: [p], patches: [p]"), "3:47: arms[0].patches: ", ARM_KEYS },
	{ "title: t\narms:\n  - {name: a, source: linux-7.3}\n  - name: b\n    src: linux-7.3\n" CELLS,
	  "5:5: arms[1].src: there is no such key", ARM_KEYS },
	{ ARM("name: \xc3\xa4, source: linux-7.3, \xc3\xb6: 1"), "3:34: arms[0].\xc3\xb6: there is no such key",
	  ARM_KEYS },
	{ "title: t\narms:\n  - &x {name: a, source: linux-7.3}\n  - {<<: *x, name: b}\n" CELLS,
	  "4:6: arms[1].<<: there is no such key", ARM_KEYS },
	{ LINE5("machine: {smp: 4, cpus: 2}"), "5:19: machine.cpus: there is no such key", MACHINE_KEYS },
	{ LINE5("machine:\n  cpus: 2"), "6:3: machine.cpus: there is no such key", MACHINE_KEYS },
	{ LINE5("design: {block: 4}"), "5:10: design.block: there is no such key", DESIGN_KEYS },
	{ LINE5("limits: {run_s: 9, boot: 4}"), "5:20: limits.boot: there is no such key", LIMITS_KEYS },
	{ LINE5("trace: {latency: true, lock: true}"), "5:24: trace.lock: there is no such key", TRACE_KEYS },
	{ LINE5("trace: true"), "5:8: trace: expected a mapping of latency, locks, loads, backend, source", "found \"true\"" },
	{ LINE5("trace: {latency: 1}"), "5:18: trace.latency: expected true or false", "found \"1\"" },
	{ LINE5("trace: {loads: 0}"), "5:16: trace.loads: expected a whole number from 1 to 1000", "" },
	{ LINE5("trace: {source: []}"), "5:17: trace.source: expected the name of a source of the lock collector", "" },
	{ LINE5("trace: {latency: no, locks: off}"), "5:8: trace: a tracing pass with neither latency nor locks", "" },
	{ LINE5("trace: {backend: gdb}"), "5:18: trace.backend: \"gdb\" is not known", "expected one of: fsession" },
	{ LINE5("trace: {locks: no, source: slowpath}"), "5:28: trace.source: the collector that this is for is", "off" },
	{ HEAD CELLS "  - {test: y, threads: [1, 2], loop: 2}\n", "7:32: cells[1].loop: there is no such key",
	  CELL_KEYS },
	{ CELL("tests: y, threads: [1]"), "6:6: cells[0].tests: there is no such key", CELL_KEYS },

	/* Keys that stand twice, at the second. */
	{ HEAD CELLS "aa: false\n", "7:1: aa: this key stands here twice", "" },
	{ HEAD CELLS "cells: []\n", "7:1: cells: this key stands here twice", "" },
	{ ARM("name: a, name: b, source: linux-7.3"), "3:15: arms[0].name: this key stands here twice", "" },
	{ LINE5("design: {blocks: 1, blocks: 2}"), "5:21: design.blocks: this key stands here twice", "" },
	{ CELL("test: x, threads: [1], threads: [2]"), "6:29: cells[0].threads: this key stands here twice",
	  "" },

	/* Missing keys, at the mapping that lacks them. */
	{ "arms:\n  - {name: a, source: linux-7.3}\naa: true\n" CELLS, "1:1: title: this key is missing",
	  "expected a line of text" },
	{ "title: t\naa: true\n" CELLS, "1:1: arms: this key is missing", "expected a list of 1 to 1000 arms" },
	{ HEAD, "1:1: cells: this key is missing", "expected a list of 1 to 1000 cells" },
	{ ARM("source: linux-7.3"), "3:5: arms[0].name: this key is missing", "expected a short name" },
	{ ARM("name: a"), "3:5: arms[0].source: this key is missing", SOURCES },
	{ CELL("threads: [1]"), "6:5: cells[0].test: this key is missing", "a test of test_vmalloc" },
	{ HEAD CELLS "  - {test: y}\n", "7:5: cells[1].threads: this key is missing", "[1, 2, 4]" },

	/* Empty lists and values. */
	{ "title: t\narms: []\n" CELLS, "2:7: arms: ",
	  "expected a list of 1 to 1000 arms, each {name: ..., source: ...}, "
	  "found an empty list" },
	{ HEAD "cells: []\n", "5:8: cells: ", "found an empty list" },
	{ HEAD "cells:\n", "5:7: cells: ", "expected a list of 1 to 1000 cells" },
	{ CELL("test: x, threads: []"), "6:24: cells[0].threads: ",
	  "thread counts such as [1, 2, 4], found an empty list" },
	{ ARM("name: a, source: linux-7.3, series: []"), "3:42: arms[0].series: ", "patch files" },
	{ "title: \narms:\n  - {name: a, source: linux-7.3}\n" CELLS, "1:7: title: ",
	  "expected a line of text" },
	{ "title: ''\n", "1:8: title: ", "found \"\"" },
	{ ARM("name: '', source: linux-7.3"), "3:12: arms[0].name: ", "expected a short name" },

	/* Wrong types. */
	{ "title: [a]\n", "1:8: title: ", "expected a line of text, of 4000 bytes at most, found a list of 1" },
	{ "title: {a: b}\n", "1:8: title: ", "found a mapping" },
	{ "title: t\narms: {name: a}\n", "2:7: arms: ", "expected a list of 1 to 1000 arms" },
	{ "title: t\narms: foo\n", "2:7: arms: ", "found \"foo\"" },
	{ "title: t\narms: [foo]\n", "2:8: arms[0]: ", "expected an entry of a list of 1 to 1000 arms" },
	{ "title: t\narms:\n  - [foo]\n", "3:5: arms[0]: ", "found a list of 1" },
	{ "title: t\narms: &a [*a]\n", "2:7: arms[0]: ", "expected an entry of a list" },
	{ LINE5("machine: [qemu]"), "5:10: machine: ",
	  "expected a mapping of runner, arch, cpu, smp, accel, nodes, memory_mib" },
	{ LINE5("machine: qemu"), "5:10: machine: ", "found \"qemu\"" },
	{ LINE5("design: 3"), "5:9: design: ", "expected a mapping of blocks, loads, seed, pack, gate_pct" },
	{ LINE5("limits: 3"), "5:9: limits: ", "expected a mapping of boot_s, silence_s, load_s, run_s" },
	{ CELL("test: x, threads: 1"), "6:24: cells[0].threads: ", "thread counts such as [1, 2, 4]" },
	{ CELL("test: x, threads: [1, two]"), "6:28: cells[0].threads[1]: ", "found \"two\"" },
	{ CELL("test: x, threads: [1, {a: 1}]"), "6:28: cells[0].threads[1]: ", "found a mapping" },
	{ ARM("name: a, source: linux-7.3, series: [{a: b}]"), "3:43: arms[0].series[0]: ", "patch files" },
	{ ARM("name: a, source: linux-7.3, series: a.patch"), "3:42: arms[0].series: ", "patch files" },

	/* Numbers are decimal and whole, all of them. */
	{ LINE5("design: {blocks: 0}"), "5:18: design.blocks: ",
	  "expected a whole number from 1 to 200, found \"0\"" },
	{ LINE5("design: {blocks: 201}"), "5:18: design.blocks: ", "from 1 to 200" },
	{ LINE5("design: {blocks: -1}"), "5:18: design.blocks: ", "found \"-1\"" },
	{ LINE5("design: {blocks: 2x}"), "5:18: design.blocks: ", "from 1 to 200, found \"2x\"" },
	{ LINE5("design: {blocks: 1e2}"), "5:18: design.blocks: ", "found \"1e2\"" },
	{ LINE5("design: {blocks: 0x10}"), "5:18: design.blocks: ", "found \"0x10\"" },
	{ LINE5("design: {blocks: 1.5}"), "5:18: design.blocks: ", "found \"1.5\"" },
	{ LINE5("design: {blocks: ' 5'}"), "5:18: design.blocks: ", "found \" 5\"" },
	{ LINE5("design: {blocks: +5}"), "5:18: design.blocks: ", "found \"+5\"" },
	{ LINE5("design: {blocks: ''}"), "5:18: design.blocks: ", "expected a whole number" },
	{ LINE5("design: {blocks: ~}"), "5:18: design.blocks: ", "found \"~\"" },
	{ LINE5("design: {blocks: [1]}"), "5:18: design.blocks: ", "found a list of 1" },
	{ LINE5("design: {blocks: 4294967297}"), "5:18: design.blocks: ", "expected a whole number" },
	{ LINE5("design: {blocks: 99999999999999999999999}"), "5:18: design.blocks: ",
	  "expected a whole number" },
	{ LINE5("design: {loads: 0}"), "5:17: design.loads: ", "from 1 to 1000" },
	{ LINE5("design: {seed: -1}"), "5:16: design.seed: ", "expected a whole number" },
	{ LINE5("design: {seed: 4294967296}"), "5:16: design.seed: ", "expected a whole number" },
	{ LINE5("machine: {smp: 0}"), "5:16: machine.smp: ", "from 1 to 64" },
	{ LINE5("machine: {smp: 65}"), "5:16: machine.smp: ", "from 1 to 64" },
	{ LINE5("machine: {memory_mib: 127}"), "5:23: machine.memory_mib: ", "from 128 to 1048576" },
	{ LINE5("limits: {boot_s: 0}"), "5:18: limits.boot_s: ", "from 1 to 3600" },
	{ LINE5("limits: {boot_s: 1m}"), "5:18: limits.boot_s: ", "found \"1m\"" },
	{ LINE5("limits: {silence_s: 1}"), "5:21: limits.silence_s: ", "from 2 to 86400" },
	{ LINE5("limits: {load_s: 86401}"), "5:18: limits.load_s: ", "from 1 to 86400" },
	{ LINE5("limits: {run_s: 0}"), "5:17: limits.run_s: ", "from 1 to 31536000" },
	{ CELL("test: x, threads: [1], loops: 0"), "6:36: cells[0].loops: ", "from 1 to 2147483647" },
	{ CELL("test: x, threads: [1], loops: 2147483648"), "6:36: cells[0].loops: ", "from 1 to 2147483647" },
	{ CELL("test: x, threads: [1], pages: 262145"), "6:36: cells[0].pages: ", "from 1 to 262144" },
	{ CELL("test: x, threads: [1, 2x]"), "6:28: cells[0].threads[1]: ", "found \"2x\"" },
	{ ARM("name: a, source: linux-7.3, layout: 1001"), "3:42: arms[0].layout: ", "from 0 to 1000" },
	{ LINE5("design: {gate_pct: 2x}"), "5:20: design.gate_pct: ",
	  "\"2x\" is not a percentage from 0 to 100" },
	{ LINE5("design: {gate_pct: -1}"), "5:20: design.gate_pct: ", "from 0 to 100" },
	{ LINE5("design: {gate_pct: 101}"), "5:20: design.gate_pct: ", "from 0 to 100" },
	{ LINE5("design: {gate_pct: nan}"), "5:20: design.gate_pct: ", "from 0 to 100" },
	{ LINE5("design: {gate_pct: 1e400}"), "5:20: design.gate_pct: ", "from 0 to 100" },
	{ LINE5("design: {gate_pct: [2]}"), "5:20: design.gate_pct: ",
	  "expected a percentage such as 2 or 0.5" },

	/* Words out of a set. */
	{ "title: t\narms:\n  - {name: a, source: linux-7.3}\naa: maybe\n" CELLS, "4:5: aa: ",
	  "expected true or false" },
	{ LINE5("machine: {accel: counted, nodes: 1}"), "5:34: machine.nodes: ",
	  "expected true or false, found \"1\"" },
	{ CELL("test: x, threads: [1], huge: maybe"), "6:35: cells[0].huge: ", "expected true or false" },
	{ LINE5("design: {pack: row}"), "5:16: design.pack: ", "expected cell, test or all, found \"row\"" },
	{ LINE5("machine: {runner: slurm}"), "5:19: machine.runner: \"slurm\" is not known",
	  "expected one of: qemu, board" },
	{ LINE5("machine: {arch: aarch64}"), "5:17: machine.arch: \"aarch64\" is not known",
	  "expected one of: x86_64, arm64" },
	{ LINE5("machine: {accel: board}"), "5:18: machine.accel: \"board\" is not known", "auto, kvm, tcg, counted" },
	{ LINE5("machine: {cpu: 'max,sve=off'}"), "5:16: machine.cpu: \"max,sve=off\" cannot be a CPU model of QEMU",
	  "such as cortex-a72 or max" },
	{ LINE5("machine: {cpu: [max]}"), "5:16: machine.cpu: expected a CPU model of QEMU", "found a list" },
	{ LINE5("machine: {accel: hvf}"), "5:18: machine.accel: \"hvf\" is not known",
	  "auto, kvm, tcg, counted" },

	/* What values must be to each other. */
	{ LINE5("rebuilds: 51"), "5:11: rebuilds: expected a whole number from 0 to 50, found \"51\"", "" },
	{ LINE5("rebuilds: all"), "5:11: rebuilds: expected a whole number of images of the baseline", "found \"all\"" },
	{ LINE5("rebuilds: [1]"), "5:11: rebuilds: expected a whole number of images of the baseline", "found a list" },
	{ LINE5("rebuilds: 3"), "5:11: rebuilds: only accel: counted knows rebuilds", "an arm with a layout: of its own" },
	{ LINE5("rebuild_candidates: yes\nmachine: {accel: counted}"),
	  "5:21: rebuild_candidates: candidates are rebuilt as often as the baseline", "rebuilds: 4" },
	{ ARM("name: a, source: linux-7.3, layout: 998") "rebuilds: 3\nmachine: {accel: counted}\n",
	  "3:42: arms[0].layout: 3 rebuilds of layout 998 and up would go beyond layout 1000", "" },
	{ ARM("name: a, source: image:linux-image-x") "rebuilds: 3\nmachine: {accel: counted}\n",
	  "7:11: rebuilds: the kernel of the arm a was built already", "cannot be rebuilt in other layouts" },
	{ LINE5("subtract_setup: 2"), "5:17: subtract_setup: expected true or false", "found \"2\"" },
	{ CELL("test: x, threads: [1], loops: 1") "subtract_setup: true\n", "6:36: cells[0].loops: with subtract_setup: true",
	  "expected 2 loops or more" },
	{ LINE5("machine: {accel: counted, smp: 2}"), "5:32: machine.smp: counted mode runs one CPU",
	  "must be 1 or left out" },
	{ LINE5("machine: {nodes: true}"), "5:18: machine.nodes: ", "only accel: counted knows nodes" },
	{ LINE5("machine: {board: x.yaml}"), "5:18: machine.board: QEMU needs no board file", "runner: board" },
	{ LINE5("machine: {runner: board}"), "5:10: machine.board: runner: board needs the name of a board file", "" },
	{ LINE5("machine: {runner: board, board: x, arch: arm64}"), "5:42: machine.arch: a board has its own arch",
	  "leave it out" },
	{ LINE5("machine: {runner: board, board: x, cpu: max}"), "5:41: machine.cpu: a board has its own cpu", "" },
	{ LINE5("machine: {runner: board, board: x, smp: 4}"), "5:41: machine.smp: a board has its own smp", "" },
	{ LINE5("machine: {runner: board, board: x, accel: tcg}"), "5:43: machine.accel: a board has its own accel", "" },
	{ LINE5("machine: {runner: board, board: x, nodes: no}"), "5:43: machine.nodes: a board has its own nodes", "" },
	{ LINE5("machine: {runner: board, board: x, memory_mib: 512}"), "5:48: machine.memory_mib: a board has its own",
	  "leave it out" },
	{ LINE5("machine: {runner: board, board: x}") "  - {test: y, threads: [4097]}\n",
	  "8:25: cells[1].threads[0]: 4097 threads; expected 1 to 4096", "" },
	{ LINE5("machines: []"), "5:11: machines: expected a list of 1 to 16 machines", "found an empty list" },
	{ LINE5("machines: {name: a}"), "5:11: machines: expected a list of 1 to 16 machines", "found a mapping" },
	{ LINE5("machines: [{arch: arm64}]"), "5:12: machines[0].name: this key is missing", "a short name" },
	{ LINE5("machines: [{name: a, cpus: 1}]"), "5:22: machines[0].cpus: there is no such key", LISTED_KEYS },
	{ LINE5("machines: [{name: a/b}]"), "5:19: machines[0].name: \"a/b\" cannot be a machine's name", "" },
	{ LINE5("machines: [{name: manifest.json}]"), "5:19: machines[0].name: \"manifest.json\" cannot be", "" },
	{ LINE5("machines: [{name: a}, {name: b}, {name: a}]"), "5:41: machines[2].name: there is a machine \"a\" already",
	  "" },
	{ LINE5("machines: [{name: a}, {name: b, arch: m68k}]"), "5:39: machines[1].arch: \"m68k\" is not known", "arm64" },
	{ LINE5("machines: [{name: a, smp: 65}]"), "5:27: machines[0].smp: ", "from 1 to 64" },
	{ LINE5("machines: [{name: a, runner: board, board: x, smp: 65}]"), "5:52: machines[0].smp: ", "" },
	{ LINE5("machines: [{name: a}]\nmachine: {smp: 4}"), "6:10: machine: this plan lists machines, too",
	  "either machine or machines" },
	{ LINE5("machines: [{name: a}, {name: b}]"), "5:11: machines: this runs on one machine at a time",
	  "--machine NAME: a, b" },
	{ LINE5("machines: [{name: a}, {name: b, accel: counted, smp: 2}]"), "5:54: machines[1].smp: counted mode runs one",
	  "" },
	{ CELL("test: x, threads: [1, 0]"), "6:28: cells[0].threads[1]: 0 threads on 4 CPUs",
	  "expected 1 to 16" },
	{ CELL("test: x, threads: [16, 17]"), "6:29: cells[0].threads[1]: 17 threads on 4 CPUs",
	  "expected 1 to 16" },
	{ LINE5("machine: {accel: counted}") "  - {test: y, threads: [5]}\n",
	  "8:25: cells[1].threads[0]: 5 threads on 1 CPU;",
	  "expected 1 to 4" },
	{ CELL("test: a b, threads: [1]"), "6:12: cells[0].test: \"a b\" cannot be the name of a test", "" },
	{ CELL("test: ../x, threads: [1]"), "6:12: cells[0].test: ", "" },
	{ HEAD CELLS "  - {test: x, threads: [2, 1]}\n", "6:3: cells: the cell x/1 stands here twice",
	  "a name of its own" },
	{ ARM("name: aa, source: linux-7.3"), "3:12: arms[0].name: ", "taken by the baseline's second label" },
	{ ARM("name: a/b, source: linux-7.3"), "3:12: arms[0].name: \"a/b\" cannot be an arm's name",
	  "letters, digits" },
	{ ARM("name: .a, source: linux-7.3"), "3:12: arms[0].name: ", "cannot be an arm's name" },
	{ ARM("name: \"a\\n\", source: linux-7.3"), "3:12: arms[0].name: ", "cannot be an arm's name" },
	{ ARM("name: a2345678901234567890123456789012345678901, source: linux-7.3"), "3:12: arms[0].name: ",
	  "1 to 40" },
	{ "title: t\narms:\n  - {name: a, source: linux-7.3}\n  - {name: a, source: linux-6.1}\n" CELLS,
	  "4:12: arms[1].name: there is an arm \"a\" already", "" },
	{ LINE5("baseline: nobody"), "5:11: baseline: there is no arm \"nobody\"", "" },
	{ LINE5("baseline: aa"), "5:11: baseline: there is no arm \"aa\"", "" },
	{ "title: t\narms:\n  - {name: a, source: linux-7.3}\n" CELLS,
	  "3:3: arms: one arm has nothing to be compared with",
	  "or aa: true" },
};
/* clang-format on */

static void assert_refused(const struct plan *p, const GError *error, const char *name,
			   const struct wrong_plan *wrong)
{
	g_autofree char *begin = g_strconcat(name, ":", wrong->error, NULL);

	if (!p && g_error_matches(error, BENCH_ERROR, BENCH_ERROR_USAGE) &&
	    g_str_has_prefix(error->message, begin) && strstr(error->message, wrong->wants))
		return;
	g_test_message("the plan:\n%s", wrong->text);
	g_test_message("expected: %s ... %s", begin, wrong->wants);
	g_test_message("got:      %s", error ? error->message : "no error");
	g_test_fail();
}

static void test_wrong(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wrong_plans); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(plan) p = plan_parse_frozen(wrong_plans[i].text, "p.yaml", &error);

		assert_refused(p, error, "p.yaml", &wrong_plans[i]);
	}
}

/* A folder with a plan, two patches, an empty folder. */
struct place {
	char *dir;
	char *plan;
};

static void place_set_up(struct place *at, gconstpointer unused)
{
	static const char *const files[] = { "0002-b.patch", "0001-a.patch", "notes.txt", "my.config" };
	g_autofree char *empty = NULL;

	(void)unused;
	at->dir = g_dir_make_tmp("test-plan-XXXXXX", NULL);
	at->plan = g_build_filename(at->dir, "plan.yaml", NULL);
	empty = g_build_filename(at->dir, "empty", NULL);
	g_assert_cmpint(g_mkdir(empty, 0755), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(at->dir, files[i], NULL);

		g_assert_true(g_file_set_contents(path, "", 0, NULL));
	}
}

static void place_tear_down(struct place *at, gconstpointer unused)
{
	(void)unused;
	g_assert_true(path_remove_tree(at->dir, NULL));
	g_free(at->dir);
	g_free(at->plan);
}

static struct plan *load_text(const struct place *at, const char *text, gssize length, GError **error)
{
	g_assert_true(g_file_set_contents(at->plan, text, length, NULL));
	return plan_load(at->plan, error);
}

/* clang-format off */
static const struct wrong_plan wrong_files[] = {
	{ ARM("name: a, source: 'dir:nope'"), "3:23: arms[0].source: ",
	  "/nope: there is no such file or folder" },
	{ ARM("name: a, source: 'tar:nope.tar'"), "3:23: arms[0].source: ",
	  "/nope.tar: there is no such file or folder" },
	{ ARM("name: a, source: 'git:nope@v1'"), "3:23: arms[0].source: ",
	  "/nope: there is no such file or folder" },
	{ ARM("name: a, source: 'dir:'"), "3:23: arms[0].source: \"dir:\" is no source", SOURCES },
	{ ARM("name: a, source: 'deb:'"), "3:23: arms[0].source: \"deb:\" is no source", SOURCES },
	{ ARM("name: a, source: vanilla"), "3:23: arms[0].source: \"vanilla\" is no source", SOURCES },
	{ ARM("name: a, source: linux-7.3, series: [0001-a.patch, nope.patch]"), "3:57: arms[0].series[1]: ",
	  "/nope.patch: there is no such patch" },
	{ ARM("name: a, source: linux-7.3, series: [empty]"), "3:43: arms[0].series[0]: ",
	  "/empty: this folder has no *.patch" },
	{ ARM("name: a, source: linux-7.3, config: nope"), "3:42: arms[0].config: ",
	  "/nope: there is no such file" },
	{ ARM("name: a, source: linux-7.3, config: empty"), "3:42: arms[0].config: ",
	  "/empty: there is no such file" },
	{ LINE5("machine: {runner: board, board: nope.yaml}"), "5:33: machine.board: ",
	  "/nope.yaml: there is no such file" },
	{ LINE5("machine: {runner: board, board: empty}"), "5:33: machine.board: ", "/empty: there is no such file" },
};
/* clang-format on */

static void test_wrong_files(struct place *at, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(wrong_files); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(plan) p = load_text(at, wrong_files[i].text, -1, &error);
		g_autoptr(plan) frozen = NULL;

		assert_refused(p, error, at->plan, &wrong_files[i]);
		/* A run is read where the files are not. */
		frozen = plan_parse_frozen(wrong_files[i].text, "p.yaml", NULL);
		g_assert_nonnull(frozen);
	}
}

static void test_wrong_bytes(struct place *at, gconstpointer unused)
{
	static const char nul[] = HEAD CELLS "ab\0cd";
	static const struct wrong_plan expected = { "", "7:3: a byte of value 0 stands here",
						    "a plan is text" };
	g_autoptr(GError) error = NULL;
	g_autoptr(plan) p = load_text(at, nul, sizeof(nul) - 1, &error);
	g_autoptr(GError) missing = NULL;
	g_autoptr(plan) none = NULL;

	(void)unused;
	assert_refused(p, error, at->plan, &expected);
	none = plan_load("/nonexistent/plan.yaml", &missing);
	g_assert_null(none);
	g_assert_error(missing, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(missing->message, "/nonexistent/plan.yaml"));
}

static void test_files(struct place *at, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *config = g_build_filename(at->dir, "my.config", NULL);
	g_autofree char *board = g_build_filename(at->dir, "notes.txt", NULL);
	g_autofree char *source = g_strdup_printf("git:%s/empty@v7.3", at->dir);
	g_autofree char *first = g_build_filename(at->dir, "0001-a.patch", NULL);
	g_autofree char *second = g_build_filename(at->dir, "0002-b.patch", NULL);
	g_autoptr(plan) p = load_text(
		at, ARM("name: a, source: 'git:empty@v7.3', series: [0002-b.patch, .], config: my.config")
		    "machine: {runner: board, board: notes.txt}\n",
		-1, &error);

	(void)unused;
	g_assert_no_error(error);
	g_assert_cmpstr(p->arms[0].source, ==, source);
	g_assert_cmpstr(p->arms[0].config, ==, config);
	g_assert_cmpstr(p->machine.board, ==, board);
	/* A folder gives its patches in the order of their names, and nothing else. */
	g_assert_cmpuint(p->arms[0].series_count, ==, 3);
	g_assert_cmpstr(p->arms[0].series[0], ==, second);
	g_assert_cmpstr(p->arms[0].series[1], ==, first);
	g_assert_cmpstr(p->arms[0].series[2], ==, second);
}

static struct plan *parse(const char *text)
{
	GError *error = NULL;
	struct plan *p = plan_parse_frozen(text, "p.yaml", &error);

	g_assert_no_error(error);
	return p;
}

static void test_defaults(void)
{
	g_autoptr(plan) p = parse(HEAD CELLS);

	g_assert_cmpstr(p->title, ==, "t");
	g_assert_cmpstr(p->baseline, ==, "a");
	g_assert_true(p->aa);
	g_assert_cmpstr(p->machine.runner, ==, "qemu");
	g_assert_cmpstr(p->machine.arch, ==, "x86_64");
	g_assert_cmpstr(p->machine.accel, ==, "auto");
	g_assert_cmpuint(p->machine.smp, ==, 4);
	g_assert_false(p->machine.nodes);
	g_assert_cmpuint(p->machine.memory_mib, ==, 0);
	g_assert_cmpuint(p->design.blocks, ==, 10);
	g_assert_cmpuint(p->design.loads, ==, 3);
	g_assert_cmpuint(p->design.seed, ==, 0);
	g_assert_cmpint(p->design.pack, ==, PLAN_PACK_CELL);
	g_assert_cmpfloat(p->design.gate_pct, ==, 2);
	g_assert_cmpuint(p->limits.boot_s, ==, 60);
	g_assert_cmpuint(p->limits.silence_s, ==, 30);
	g_assert_cmpuint(p->limits.load_s, ==, 900);
	g_assert_cmpuint(p->limits.run_s, ==, 0);
	g_assert_cmpuint(p->cells[0].loops, ==, 10000);
	g_assert_cmpuint(p->cells[0].pages, ==, 0);
	g_assert_false(p->cells[0].huge);
	g_assert_cmpuint(p->arms[0].layout, ==, 0);
	g_assert_null(p->arms[0].append);
	g_assert_null(p->arms[0].config);
}

static void test_counted_defaults(void)
{
	g_autoptr(plan) p = parse(LINE5("machine: {accel: counted, nodes: yes}"));
	g_autoptr(plan) own = parse(LINE5("machine: {accel: counted, smp: 1}\ndesign: {gate_pct: 0.5}"));

	g_assert_cmpuint(p->machine.smp, ==, 1);
	g_assert_true(p->machine.nodes);
	g_assert_cmpfloat(p->design.gate_pct, ==, 0.1);
	g_assert_cmpfloat(own->design.gate_pct, ==, 0.5);
}

static void test_board(void)
{
	g_autoptr(plan) p = parse(LINE5("machine: {runner: board, board: lab/x1e.yaml}"));

	g_assert_cmpstr(p->machine.runner, ==, PLAN_RUNNER_BOARD);
	g_assert_cmpstr(p->machine.board, ==, "lab/x1e.yaml");	/* frozen: as written */
	g_assert_cmpstr(p->machine.accel, ==, PLAN_ACCEL_BOARD);
	g_assert_null(p->machine.arch);
	g_assert_cmpuint(p->machine.smp, ==, 0);
	g_assert_cmpfloat(p->design.gate_pct, ==, 2);
}

#define LISTED LINE5("machines: [{name: x86, accel: counted}, {name: arm, arch: arm64, cpu: cortex-a72, smp: 2},\n" \
		     "           {name: lab, runner: board, board: lab.yaml}]\nrebuilds: 2")

static struct plan *parse_on(const char *text, const char *machine, const char *arch, GError **error)
{
	return plan_parse_manifest(text, "p.yaml", &(struct plan_frozen){ .target = { machine, arch } }, error);
}

/* Each machine makes a plan of its own of the same text. */
static void test_machines(void)
{
	g_autoptr(plan) x86 = parse_on(LISTED, "x86", NULL, NULL);
	g_autoptr(plan) arm = parse_on(LISTED, "arm", NULL, NULL);
	g_autoptr(plan) lab = parse_on(LISTED, "lab", NULL, NULL);

	g_assert_cmpstr(x86->machine.name, ==, "x86");
	g_assert_cmpstr(x86->machine.arch, ==, "x86_64");
	g_assert_cmpuint(x86->machine.smp, ==, 1);
	g_assert_cmpfloat(x86->design.gate_pct, ==, 0.1);
	g_assert_cmpuint(x86->arms_count, ==, 3);	/* with its rebuilds */
	g_assert_cmpstr(json_string_value(json_object_get(x86->target, "machine")), ==, "x86");
	g_assert_null(json_object_get(x86->target, "arch"));
	g_assert_cmpstr(arm->machine.arch, ==, "arm64");
	g_assert_cmpstr(arm->machine.cpu, ==, "cortex-a72");
	g_assert_cmpuint(arm->machine.smp, ==, 2);
	g_assert_cmpuint(arm->arms_count, ==, 1);	/* it keeps time, and knows no rebuilds */
	g_assert_cmpuint(arm->rebuilds, ==, 0);
	g_assert_cmpstr(lab->machine.board, ==, "lab.yaml");
	g_assert_cmpstr(lab->machine.accel, ==, PLAN_ACCEL_BOARD);
}

/* A manifest's words make the same plan again. */
static void test_arch(void)
{
	g_autoptr(plan) p = parse_on(HEAD CELLS, NULL, "arm64", NULL);
	g_autoptr(plan) same = parse_on(HEAD CELLS, NULL, "x86_64", NULL);
	g_autoptr(plan) listed = parse_on(LISTED, "x86", "arm64", NULL);

	g_assert_cmpstr(p->machine.arch, ==, "arm64");
	g_assert_cmpstr(json_string_value(json_object_get(p->target, "arch")), ==, "arm64");
	g_assert_cmpstr(same->machine.arch, ==, "x86_64");
	g_assert_cmpuint(json_object_size(same->target), ==, 0);
	g_assert_cmpstr(listed->machine.arch, ==, "arm64");
	g_assert_cmpuint(json_object_size(listed->target), ==, 2);
}

static void test_wrong_target(void)
{
	static const struct {
		const char *text, *machine, *arch, *error;
	} wrong[] = {
		{ HEAD CELLS, "x86", NULL, "--machine: p.yaml lists no machines" },
		{ LISTED, "x87", NULL, "--machine: p.yaml lists no \"x87\"; expected one of: x86, arm, lab" },
		{ HEAD CELLS, NULL, "m68k", "--arch: \"m68k\" is not known; expected one of: x86_64, arm64" },
		{ LISTED, "lab", "arm64", "--arch: p.yaml runs on a board, which has its own" },
		{ LISTED, "arm", "x86_64", "--arch: p.yaml names the CPU model cortex-a72, which is one of arm64" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(plan) p = parse_on(wrong[i].text, wrong[i].machine, wrong[i].arch, &error);

		g_assert_null(p);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
		if (!g_str_has_prefix(error->message, wrong[i].error))
			g_error("got: %s", error->message);
	}
}

static void assert_each(const struct place *at, const char *const *machines, const char *names)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) plans = plan_load_each(at->plan, machines, NULL, &error);
	g_autoptr(GString) found = g_string_new(NULL);

	g_assert_no_error(error);
	for (guint i = 0; i < plans->len; i++) {
		const struct plan *p = plans->pdata[i];

		g_string_append_printf(found, "%s%s", i ? " " : "", p->machine.name ? p->machine.name : "-");
	}
	g_assert_cmpstr(found->str, ==, names);
}

static void assert_none(const struct place *at, const char *const *machines, const char *arch, const char *sentence)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) plans = plan_load_each(at->plan, machines, arch, &error);

	g_assert_null(plans);
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, sentence));
}

static void test_each(struct place *at, gconstpointer unused)
{
	static const char *const two[] = { "c", "a", "c", NULL }, *const wrong[] = { "a", "d", NULL };
	static const char list[] = LINE5("machines: [{name: a}, {name: b, arch: arm64}, {name: c, smp: 2}]");

	(void)unused;
	g_assert_true(g_file_set_contents(at->plan, list, -1, NULL));
	assert_each(at, NULL, "a b c");
	assert_each(at, two, "a c");
	assert_none(at, wrong, NULL, "--machine: ");
	assert_none(at, NULL, "arm64", "--arch: ");
	g_assert_true(g_file_set_contents(at->plan, HEAD CELLS, -1, NULL));
	assert_each(at, NULL, "-");
	assert_none(at, two, NULL, "lists no machines");
}

static void assert_rebuild(const struct plan *p, unsigned int index, const char *name, const char *of, unsigned int layout)
{
	const struct plan_arm *arm = &p->arms[index], *original = plan_find_arm(p, of);

	g_assert_cmpstr(arm->name, ==, name);
	g_assert_cmpstr(arm->rebuild_of, ==, of);
	g_assert_cmpuint(arm->layout, ==, layout);
	g_assert_cmpstr(arm->source, ==, original->source);
	g_assert_cmpstr(arm->config, ==, original->config);
	g_assert_cmpstr(arm->append, ==, original->append);
	g_assert_cmpuint(arm->series_count, ==, original->series_count);
	for (unsigned int i = 0; i < arm->series_count; i++)
		g_assert_cmpstr(arm->series[i], ==, original->series[i]);
	g_assert_true(plan_find_arm(p, name) == arm);
}

#define REBUILT \
	"title: t\narms:\n  - {name: a, source: linux-7.3}\n" \
	"  - {name: b, source: 'dir:x', series: [p, q], config: c, append: quiet, layout: 7}\n" \
	"baseline: b\naa: true\nmachine: {accel: counted}\nrebuilds: 2\n" CELLS

static void test_rebuilds(void)
{
	g_autoptr(plan) p = parse(REBUILT);
	g_autoptr(plan) all = parse(REBUILT "rebuild_candidates: true\n");
	g_autoptr(GPtrArray) names = plan_arm_names(p);

	g_assert_cmpuint(p->arms_count, ==, 4);
	g_assert_null(p->arms[1].rebuild_of);
	assert_rebuild(p, 2, "b~1", "b", 8);
	assert_rebuild(p, 3, "b~2", "b", 9);
	g_assert_cmpuint(names->len, ==, 5);
	g_assert_cmpstr(names->pdata[4], ==, PLAN_AA_ARM);
	g_assert_cmpuint(all->arms_count, ==, 6);
	assert_rebuild(all, 2, "a~1", "a", 1);
	assert_rebuild(all, 5, "b~2", "b", 9);
}

static void test_values(void)
{
	g_autoptr(plan) p = parse(
		"title: \"t: 1\"\n"
		"arms:\n"
		"  - {name: &base a.b-c_1, source: 'dir:x', series: [p, q], config: c, layout: 2,\n"
		"     append: quiet}\n"
		"  - {name: 7b, source: 'deb:linux-source-6.12@sid'}\n"
		"baseline: *base\n"
		"aa: off\n"
		"machine: {runner: qemu, arch: x86_64, smp: 64, accel: tcg, memory_mib: 4096}\n"
		"design: {blocks: 10, loads: &few 2, seed: 4294967295, pack: all, gate_pct: 0}\n"
		"limits: {boot_s: 3600, silence_s: *few, load_s: 1, run_s: 7}\n"
		"cells:\n"
		"  - {test: x, threads: [256, 1], loops: 1, pages: 16, huge: true}\n");

	g_assert_cmpstr(p->title, ==, "t: 1");
	g_assert_cmpstr(p->baseline, ==, "a.b-c_1");
	g_assert_false(p->aa);
	g_assert_cmpuint(p->arms[0].layout, ==, 2);
	g_assert_cmpstr(p->arms[0].append, ==, "quiet");
	g_assert_cmpuint(p->arms[0].series_count, ==, 2);
	g_assert_cmpstr(p->arms[0].series[0], ==, "p");	/* frozen: as written */
	g_assert_cmpstr(p->arms[0].source, ==, "dir:x");
	g_assert_cmpstr(p->arms[0].config, ==, "c");
	g_assert_cmpuint(p->machine.memory_mib, ==, 4096);
	g_assert_cmpuint(p->design.blocks, ==, 10);
	g_assert_cmpuint(p->design.loads, ==, 2);
	g_assert_cmpuint(p->design.seed, ==, G_MAXUINT32);
	g_assert_cmpint(p->design.pack, ==, PLAN_PACK_ALL);
	g_assert_cmpfloat(p->design.gate_pct, ==, 0);
	g_assert_cmpuint(p->limits.silence_s, ==, 2);
	g_assert_cmpuint(p->limits.run_s, ==, 7);
	g_assert_true(p->cells[0].huge);
	g_assert_cmpuint(p->cells[0].threads[0], ==, 256);
}

static void assert_trace(const char *line, struct plan_trace expected)
{
	g_autofree char *text = g_strdup_printf(HEAD "%s\n" CELLS, line);
	g_autoptr(GError) error = NULL;
	g_autoptr(plan) p = plan_parse_frozen(text, "p.yaml", &error);

	g_assert_no_error(error);
	g_assert_cmpint(p->trace.latency, ==, expected.latency);
	g_assert_cmpint(p->trace.locks, ==, expected.locks);
	g_assert_cmpuint(p->trace.loads, ==, expected.loads);
	g_assert_cmpstr(p->trace.backend, ==, expected.backend);
	g_assert_cmpstr(p->trace.source, ==, expected.source);
}

static void test_trace(void)
{
	assert_trace("", (struct plan_trace){ 0 });
	assert_trace("trace: {}", (struct plan_trace){ true, true, 1, NULL, NULL });
	assert_trace("trace: {latency: off, loads: 3}", (struct plan_trace){ false, true, 3, NULL, NULL });
	assert_trace("trace: {locks: no, backend: kprobe.session}",
		     (struct plan_trace){ true, false, 1, (char *)"kprobe.session", NULL });
}

/* The plan has no BPF in it, but it knows the names; so does bpf/. */
static void assert_names(const char *key, const char *const *names)
{
	for (; *names; names++) {
		g_autofree char *text = g_strdup_printf(HEAD "trace: {%s: %s}\n" CELLS, key, *names);
		g_autoptr(GError) error = NULL;
		g_autoptr(plan) p = plan_parse_frozen(text, "p.yaml", &error);

		g_assert_no_error(error);
	}
}

static void test_trace_names(void)
{
	assert_names("backend", trace_backends());
	assert_names("source", trace_sources());
}

static void test_line_ends(void)
{
	g_autoptr(plan) dos =
		parse("title: t\r\narms:\r\n  - {name: a, source: linux-7.3}\r\naa: true\r\ncells:\r\n"
		      "  - {test: x, threads: [1]}\r\n");
	g_autoptr(plan) marked = parse("\xef\xbb\xbf" HEAD CELLS);
	g_autoptr(plan) ended = parse("---\n" HEAD CELLS "...\n");

	g_assert_cmpstr(dos->cells[0].test, ==, "x");
	g_assert_cmpstr(marked->title, ==, "t");
	g_assert_cmpstr(ended->title, ==, "t");
}

static void test_rows(void)
{
	static const char *const names[] = { "x/2", "x/1", "y/1/p16", "y/1/p16/huge", "y/1/huge" };
	g_autoptr(plan) p = parse(HEAD "cells:\n"
				       "  - {test: x, threads: [2, 1]}\n"
				       "  - {test: y, threads: [1], pages: 16}\n"
				       "  - {test: y, threads: [1], pages: 16, huge: true}\n"
				       "  - {test: y, threads: [1], huge: true}\n");
	g_autoptr(GPtrArray) rows = plan_rows(p);

	g_assert_cmpuint(rows->len, ==, G_N_ELEMENTS(names));
	for (guint i = 0; i < rows->len; i++)
		g_assert_cmpstr(((struct plan_row *)rows->pdata[i])->name, ==, names[i]);
}

static void test_arms(void)
{
	g_autoptr(plan) p =
		parse("title: t\narms:\n  - {name: a, source: linux-7.3}\n  - {name: b, source: linux-7.3}\n"
		      "baseline: b\naa: true\n" CELLS);
	g_autoptr(plan) without = parse("title: t\narms:\n  - {name: a, source: linux-7.3}\n"
					"  - {name: aa, source: linux-7.3}\n" CELLS);
	g_autoptr(GPtrArray) names = plan_arm_names(p);
	g_autoptr(GPtrArray) plain = plan_arm_names(without);

	g_assert_cmpuint(names->len, ==, 3);
	g_assert_cmpstr(names->pdata[0], ==, "a");
	g_assert_cmpstr(names->pdata[2], ==, PLAN_AA_ARM);
	g_assert_true(plan_find_arm(p, "a") == &p->arms[0]);
	g_assert_true(plan_find_arm(p, PLAN_AA_ARM) == &p->arms[1]);
	g_assert_null(plan_find_arm(p, "c"));
	/* Without aa: true the name is free. */
	g_assert_cmpuint(plain->len, ==, 2);
	g_assert_true(plan_find_arm(without, PLAN_AA_ARM) == &without->arms[1]);
}

/* Depth, width and repetition that cost a naive parser its stack or its memory. */
static void test_hostile(void)
{
	g_autofree char *brackets = g_strnfill(5000, '[');
	g_autofree char *wide = g_strnfill(5000, 'x');
	g_autofree char *title = g_strconcat("title: ", wide, "\n", NULL);
	g_autoptr(GString) threads = g_string_new(HEAD "cells:\n  - {test: x, threads: [1");
	const char *texts[] = { brackets, title, NULL };

	for (int i = 0; i < 1000; i++)
		g_string_append(threads, ", 1");
	g_string_append(threads, "]}\n");
	texts[2] = threads->str;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(plan) p = plan_parse_frozen(texts[i], "p.yaml", &error);

		g_assert_null(p);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
		g_assert_cmpuint(strlen(error->message), <, 400);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plan/wrong", test_wrong);
	g_test_add("/plan/wrong-files", struct place, NULL, place_set_up, test_wrong_files, place_tear_down);
	g_test_add("/plan/wrong-bytes", struct place, NULL, place_set_up, test_wrong_bytes, place_tear_down);
	g_test_add("/plan/files", struct place, NULL, place_set_up, test_files, place_tear_down);
	g_test_add_func("/plan/defaults", test_defaults);
	g_test_add_func("/plan/counted-defaults", test_counted_defaults);
	g_test_add_func("/plan/board", test_board);
	g_test_add_func("/plan/machines", test_machines);
	g_test_add_func("/plan/arch", test_arch);
	g_test_add_func("/plan/wrong-target", test_wrong_target);
	g_test_add("/plan/each", struct place, NULL, place_set_up, test_each, place_tear_down);
	g_test_add_func("/plan/rebuilds", test_rebuilds);
	g_test_add_func("/plan/values", test_values);
	g_test_add_func("/plan/trace", test_trace);
	g_test_add_func("/plan/trace-names", test_trace_names);
	g_test_add_func("/plan/line-ends", test_line_ends);
	g_test_add_func("/plan/rows", test_rows);
	g_test_add_func("/plan/arms", test_arms);
	g_test_add_func("/plan/hostile", test_hostile);
	return g_test_run();
}
