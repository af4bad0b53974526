// SPDX-License-Identifier: GPL-2.0-only
#include "runners/session.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/path.h"
#include "runners/wire.h"

/*
 * A runner without a machine: a thread plays the agent by a script. Every case is a process of its own, and
 * all run at once, as most of them wait for a limit.
 */

#define HELLO \
	"{\"t\":\"hello\",\"v\":1,\"release\":\"7.3.4\",\"version\":\"#1\",\"cmdline\":\"quiet\"," \
	"\"boot_id\":\"i\",\"btf\":true,\"taint\":0,\"clocksource\":\"tsc\"," \
	"\"cpus_online\":1,\"cpus_possible\":1,\"memory_kib\":9}\n"
#define LOAD_OF(cell, load, workers) \
	"{\"t\":\"load\",\"cell\":\"" cell "\",\"load\":" load ",\"workers_us\":[" workers \
	"],\"wall_us\":9,\"taint\":0,\"clocksource\":\"tsc\"}\n"
#define LOAD(load) LOAD_OF("x/2", load, "7,8")
#define TICK "{\"t\":\"tick\"}\n"
#define BYE "{\"t\":\"bye\"}\n"
#define SPLAT(text) \
	"{\"t\":\"splat\",\"cell\":\"x/2\",\"load\":0,\"kind\":\"warn\",\"text\":\"" text "\",\"taint\":512}\n"
#define FAILED(why) "{\"t\":\"error\",\"cell\":\"x/2\",\"load\":0,\"why\":\"" why "\"}\n"

#define HIST_OF(function, load) \
	"{\"t\":\"hist\",\"cell\":\"x/2\",\"load\":" load ",\"function\":\"" function "\",\"backend\":\"b\",\"count\":1," \
	"\"sum_ns\":9,\"max_ns\":8,\"lost\":0,\"unpaired\":0,\"buckets\":[[8,1]]}\n"
#define MEMORY(load) \
	"{\"t\":\"memory\",\"cell\":\"x/2\",\"load\":" load ",\"areas\":9,\"page_bytes\":4096,\"totals\":[],\"caches\":[]}\n"
#define CALLS_OF(call, load, probe) \
	"{\"t\":\"calls\",\"cell\":\"x/2\",\"load\":" load probe ",\"call\":\"" call "\",\"count\":1," \
	"\"sum_ns\":9,\"max_ns\":8,\"buckets\":[[8,1]]}\n"
#define PROBE(state) ",\"probe\":\"" state "\""
#define EVENTS \
	"{\"t\":\"events\",\"cell\":\"x/2\",\"load\":0,\"backend\":\"b\",\"allocs\":1,\"failed\":0,\"frees\":1,\"purges\":0," \
	"\"purged\":0,\"lost\":0}\n"
#define PROBED(load, probe) \
	"{\"t\":\"load\",\"cell\":\"x/2\",\"load\":" load ",\"workers_us\":[7,8],\"wall_us\":9,\"taint\":0," \
	"\"clocksource\":\"tsc\",\"probe\":\"" probe "\"}\n"
#define TRACE_OFF "{\"t\":\"trace\",\"state\":\"off\"}\n"
#define TRACE_ON "{\"t\":\"trace\",\"state\":\"attached\",\"collectors\":[],\"refused\":[]}\n"
#define ASK_TRACE(state) \
	"{\"q\":\"trace\",\"state\":\"" state "\",\"latency\":true,\"locks\":false,\"backend\":\"b\",\"source\":null}\n"

#define SAMPLER_OF(event, hz) \
	"{\"t\":\"sampler\",\"event\":\"" event "\",\"hz\":" hz ",\"cpus\":2,\"refused\":[]}\n"
#define SAMPLER SAMPLER_OF("cpu-clock", "99")
#define SAMPLES(load) \
	"{\"t\":\"samples\",\"cell\":\"x/2\",\"load\":" load ",\"event\":\"cpu-clock\",\"samples\":2,\"lost\":0," \
	"\"throttled\":0,\"names\":[\"f\"],\"stacks\":[[2,0]]}\n"
#define ASK_SAMPLES "{\"q\":\"sample\",\"hz\":99,\"event\":\"cpu-clock\"}\n"
#define SAMPLED_UP UP, { SAY, SAMPLER }, { HEAR }

#define RUN(load) \
	"{\"q\":\"run\",\"cell\":\"x/2\",\"load\":" load \
	",\"test\":\"x\",\"workers\":2,\"module\":\"m\",\"params\":\"mask=1\",\"tick_ms\":1000}\n"
#define ASK_BYE "{\"q\":\"bye\"}\n"
#define CONSOLE "[    0.000000] Linux version 7.3.4\n[    1.000000] Freeing memory\n\n"
#define PANIC "[    2.000000] Kernel panic - not syncing: sysrq triggered crash\n"

enum action {
	END,		/* keeps the channel open and says no more */
	SAY,
	HEAR,		/* waits for one request */
	NAP,		/* for @ms */
	TICKS,		/* one every 200 ms, for ever */
	LONG_LINE,
	HANG_UP,
	SIGNAL,		/* Ctrl-C at the terminal */
};

struct step {
	enum action action;
	const char *text;
	unsigned int ms;
};

#define STEPS_MAX 14

struct scenario {
	const char *name;
	struct step script[STEPS_MAX];
	enum runner_end end;		/* what the runner says of the end */
	const char *end_why;
	const char *mend;		/* what stop() says that somebody has to do; NULL: nothing */
	const char *console;
	bool counted;
	bool traced;			/* off, then attached, one load each */
	bool sampled;
	bool latency;			/* the load times its calls */
	bool memory;			/* the load says what its areas cost */
	char drill;
	const char *refuse;		/* kind of record that on_record cannot keep */
	struct session_limits limits;	/* zero: 5 s each */

	enum session_class class;
	const char *why;		/* how it begins */
	const char *says;		/* what it says besides */
	const char *records;		/* kinds of the records that were kept */
	const char *heard;		/* all that the agent was asked; NULL: not looked at */
	const char *cell;
};

#define UP { SAY, HELLO }, { HEAR }
#define TRACED_UP UP, { SAY, TRACE_OFF }, { HEAR }, { SAY, PROBED("0", "off") }, { HEAR }
#define BOTH_LOADS UP, { SAY, LOAD("0") }, { HEAR }, { SAY, LOAD("1") }, { HEAR }

/* clang-format off */
static const struct scenario scenarios[] = {
	{ "all well", { BOTH_LOADS, { SAY, BYE }, { HANG_UP } }, RUNNER_POWEROFF,
	  .class = SESSION_OK, .records = "hello load load", .heard = RUN("0") RUN("1") ASK_BYE },
	{ "all well, with ticks, in pieces and all at once",
	  { { SAY, TICK "{\"t\":\"hel" }, { NAP, .ms = 50 }, { SAY, HELLO + 9 }, { HEAR },
	    { SAY, TICK TICK LOAD("0") TICK LOAD("1") BYE }, { HANG_UP } }, RUNNER_POWEROFF,
	  .class = SESSION_OK, .records = "hello load load" },
	{ "nulls of a kernel without sysctl",
	  { { SAY,
	    "{\"t\":\"hello\",\"v\":1,\"release\":\"7\",\"version\":\"#1\",\"cmdline\":null,\"boot_id\":null,"
	    "\"btf\":false,\"taint\":null,\"clocksource\":null,\"cpus_online\":1,\"cpus_possible\":1,"
	    "\"memory_kib\":9}\n" }, { HEAR },
	    { SAY, LOAD("0") }, { HEAR }, { SAY, LOAD("1") }, { HEAR }, { SAY, BYE }, { HANG_UP } },
	  RUNNER_POWEROFF,
	  .class = SESSION_OK, .records = "hello load load" },

	/* The tracing pass. */
	{ "traced", { TRACED_UP, { SAY, TRACE_ON }, { HEAR },
	    { SAY, TICK HIST_OF("f", "0") TICK HIST_OF("g", "0") EVENTS PROBED("0", "attached") }, { HEAR }, { SAY, BYE },
	    { HANG_UP } }, RUNNER_POWEROFF, .traced = true,
	  .class = SESSION_OK, .records = "hello trace load trace hist hist events load",
	  .heard = ASK_TRACE("off") RUN("0") ASK_TRACE("attached") RUN("0") ASK_BYE },
	{ "traced, counted", { { SAY, HELLO TRACE_OFF PROBED("0", "off") TRACE_ON HIST_OF("f", "0") PROBED("0", "attached") BYE },
	    { HANG_UP } }, RUNNER_POWEROFF, .traced = true, .counted = true,
	  .class = SESSION_OK, .records = "hello trace load trace hist load", .heard = "" },
	{ "a kernel that refuses all backends",
	  { TRACED_UP, { SAY, "{\"t\":\"error\",\"cell\":null,\"load\":null,\"why\":\"no backend works\"}\n" } },
	  .traced = true, .class = SESSION_TEST, .why = "tracing pass, probe attached: x/2: no backend works",
	  .records = "hello trace load", .cell = "x/2" },
	{ "a tracer that hangs", { TRACED_UP }, .traced = true, .limits = { 5, 1, 2 }, .console = CONSOLE,
	  .class = SESSION_TEST, .why = "tracing pass, probe attached: x/2 did not end within 2 s (limits.load_s)",
	  .records = "hello trace load", .cell = "x/2" },
	{ "another state than was asked for", { UP, { SAY, TRACE_ON } }, .traced = true,
	  .class = SESSION_KERNEL, .why = "tracing pass, probe off: the agent spoke out of turn during x/2",
	  .records = "hello", .cell = "x/2" },
	{ "a load instead of the tracer", { UP, { SAY, PROBED("0", "off") } }, .traced = true,
	  .class = SESSION_KERNEL, .why = "tracing pass, probe off: the agent answered to another load",
	  .records = "hello", .cell = "x/2" },
	{ "a load under another state", { UP, { SAY, TRACE_OFF }, { HEAR }, { SAY, PROBED("0", "loaded") } }, .traced = true,
	  .class = SESSION_KERNEL, .why = "tracing pass, probe off: the agent answered to another load",
	  .records = "hello trace", .cell = "x/2" },
	{ "a traced load in a timed boot", { UP, { SAY, PROBED("0", "off") } },
	  .class = SESSION_KERNEL, .why = "the agent answered to another load than x/2 0", .records = "hello",
	  .cell = "x/2" },
	{ "a histogram in a timed boot", { UP, { SAY, HIST_OF("f", "0") } },
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello", .cell = "x/2" },
	{ "a histogram with the probe off", { UP, { SAY, TRACE_OFF }, { HEAR }, { SAY, HIST_OF("f", "0") } }, .traced = true,
	  .class = SESSION_KERNEL, .why = "tracing pass, probe off: the agent spoke out of turn",
	  .records = "hello trace", .cell = "x/2" },
	{ "a histogram of another load", { TRACED_UP, { SAY, TRACE_ON }, { HEAR }, { SAY, HIST_OF("f", "1") } }, .traced = true,
	  .class = SESSION_KERNEL, .why = "tracing pass, probe attached: the agent spoke out of turn",
	  .records = "hello trace load trace", .cell = "x/2" },
	{ "one histogram twice", { TRACED_UP, { SAY, TRACE_ON }, { HEAR }, { SAY, HIST_OF("f", "0") HIST_OF("f", "0") } },
	  .traced = true, .class = SESSION_KERNEL,
	  .why = "tracing pass, probe attached: the agent sent too many records, or one twice",
	  .records = "hello trace load trace hist", .cell = "x/2" },

	/* What a load says of its own calls. */
	{ "calls", { UP, { SAY, CALLS_OF("vmalloc", "0", "") CALLS_OF("vfree", "0", "") LOAD("0") }, { HEAR },
	    { SAY, CALLS_OF("vmalloc", "1", "") LOAD("1") }, { HEAR }, { SAY, BYE }, { HANG_UP } }, RUNNER_POWEROFF,
	  .latency = true, .class = SESSION_OK, .records = "hello calls calls load calls load" },
	{ "calls, traced", { UP, { SAY, TRACE_OFF }, { HEAR }, { SAY, CALLS_OF("vfree", "0", PROBE("off")) PROBED("0", "off") },
	    { HEAR }, { SAY, TRACE_ON }, { HEAR },
	    { SAY, CALLS_OF("vfree", "0", PROBE("attached")) HIST_OF("f", "0") PROBED("0", "attached") }, { HEAR },
	    { SAY, BYE }, { HANG_UP } }, RUNNER_POWEROFF, .latency = true, .traced = true,
	  .class = SESSION_OK, .records = "hello trace calls load trace calls hist load" },
	{ "calls nobody asked for", { UP, { SAY, CALLS_OF("vfree", "0", "") } },
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello", .cell = "x/2" },
	{ "calls under another probe", { UP, { SAY, CALLS_OF("vfree", "0", PROBE("off")) } }, .latency = true,
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello", .cell = "x/2" },
	/* What a load says of the memory of its areas. */
	{ "memory", { UP, { SAY, MEMORY("0") LOAD("0") }, { HEAR }, { SAY, MEMORY("1") LOAD("1") }, { HEAR }, { SAY, BYE },
	    { HANG_UP } }, RUNNER_POWEROFF, .memory = true, .class = SESSION_OK, .records = "hello memory load memory load" },
	{ "memory nobody asked for", { UP, { SAY, MEMORY("0") } },
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello", .cell = "x/2" },
	{ "memory of another load", { UP, { SAY, MEMORY("1") } }, .memory = true,
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello", .cell = "x/2" },
	{ "memory twice", { UP, { SAY, MEMORY("0") MEMORY("0") } }, .memory = true,
	  .class = SESSION_KERNEL, .why = "the agent sent too many records, or one twice", .records = "hello memory",
	  .cell = "x/2" },
	{ "a load without its memory", { UP, { SAY, LOAD("0") } }, .memory = true,
	  .class = SESSION_KERNEL, .why = "the agent did not say what the areas of x/2 cost", .records = "hello",
	  .cell = "x/2" },
	{ "calls twice", { UP, { SAY, CALLS_OF("vfree", "0", "") CALLS_OF("vfree", "0", "") } }, .latency = true,
	  .class = SESSION_KERNEL, .why = "the agent sent too many records, or one twice", .records = "hello calls",
	  .cell = "x/2" },

	/* Samples. */
	{ "sampled", { SAMPLED_UP, { SAY, TICK SAMPLES("0") LOAD("0") }, { HEAR }, { SAY, SAMPLES("1") LOAD("1") }, { HEAR },
	    { SAY, BYE }, { HANG_UP } }, RUNNER_POWEROFF, .sampled = true,
	  .class = SESSION_OK, .records = "hello sampler samples load samples load",
	  .heard = ASK_SAMPLES RUN("0") RUN("1") ASK_BYE },
	{ "a machine that cannot be sampled",
	  { UP, { SAY, "{\"t\":\"error\",\"cell\":null,\"load\":null,\"why\":\"no event works\"}\n" } },
	  .sampled = true, .class = SESSION_TEST, .why = "x/2: no event works", .records = "hello", .cell = "x/2" },
	{ "another event than was asked for", { UP, { SAY, SAMPLER_OF("cycles", "99") } }, .sampled = true,
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello", .cell = "x/2" },
	{ "as many samples as nobody asked for", { UP, { SAY, SAMPLER_OF("cpu-clock", "98") } }, .sampled = true,
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello", .cell = "x/2" },
	{ "a load instead of the sampler", { UP, { SAY, LOAD("0") } }, .sampled = true,
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn", .records = "hello", .cell = "x/2" },
	{ "a load without its samples", { SAMPLED_UP, { SAY, LOAD("0") } }, .sampled = true,
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello sampler", .cell = "x/2" },
	{ "samples of another load", { SAMPLED_UP, { SAY, SAMPLES("1") } }, .sampled = true,
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello sampler", .cell = "x/2" },
	{ "samples twice", { SAMPLED_UP, { SAY, SAMPLES("0") SAMPLES("0") } }, .sampled = true,
	  .class = SESSION_KERNEL, .why = "the agent sent too many records, or one twice", .records = "hello sampler samples",
	  .cell = "x/2" },
	{ "samples nobody asked for", { UP, { SAY, SAMPLES("0") } },
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello", .cell = "x/2" },
	{ "a sampler nobody asked for", { UP, { SAY, SAMPLER } },
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello", .cell = "x/2" },

	/* Before the hello. */
	{ "never up, no console", { { END } }, .limits = { 1, 5, 5 },
	  .class = SESSION_INFRA,
	  .why = "no agent within 1 s of the start (limits.boot_s), and nothing on the console" },
	{ "never up, console", { { END } }, .limits = { 1, 5, 5 }, .console = CONSOLE,
	  .class = SESSION_KERNEL,
	  .why = "no agent within 1 s of the start (limits.boot_s); the last line on its console: ",
	  .says = "Freeing memory" },
	{ "never up, panic", { { END } }, .limits = { 1, 5, 5 }, .console = CONSOLE PANIC,
	  .class = SESSION_KERNEL, .why = "no agent within 1 s of the start (limits.boot_s); its log says: ",
	  .says = "Kernel panic - not syncing: sysrq", .records = "splat" },
	{ "never up, for all its ticks", { { TICKS } }, .limits = { 2, 1, 5 }, .console = CONSOLE,
	  .class = SESSION_KERNEL,
	  .why = "no agent within 2 s of the start (limits.boot_s); the last line on its console: " },
	{ "an agent of another version", { { SAY, "{\"t\":\"hello\",\"v\":2" }, { SAY, HELLO + 18 } },
	  .class = SESSION_INFRA, .why = "the agent speaks another version of the protocol" },
	{ "closed before the hello", { { HANG_UP } }, RUNNER_BROKEN, "QEMU ended with status 1: no memory",
	  .class = SESSION_INFRA, .why = "QEMU ended with status 1: no memory outside of its loads" },
	{ "panic before the hello", { { HANG_UP } }, RUNNER_PANIC, "the kernel panicked", .console = PANIC,
	  .class = SESSION_KERNEL, .why = "the kernel panicked outside of its loads: ", .says = "sysrq",
	  .records = "splat" },
	{ "no hello first", { { SAY, LOAD("0") } },
	  .class = SESSION_KERNEL, .why = "the agent did not begin with a hello" },
	{ "interrupted before the hello", { { SIGNAL } },
	  .class = SESSION_INTERRUPTED, .why = "interrupted" },

	/* During a load. */
	{ "silence", { UP }, .limits = { 5, 1, 5 }, .console = CONSOLE,
	  .class = SESSION_KERNEL,
	  .why = "the kernel hangs: no sign of life for 1 s during x/2; the last line on its console: ",
	  .says = "Freeing memory", .records = "hello", .cell = "x/2" },
	{ "silence without a console", { UP }, .limits = { 5, 1, 5 },
	  .class = SESSION_KERNEL, .why = "the kernel hangs: ", .says = "(none)", .records = "hello",
	  .cell = "x/2" },
	{ "silence in the second load", { UP, { SAY, LOAD("0") }, { HEAR } }, .limits = { 5, 1, 5 },
	  .class = SESSION_KERNEL, .why = "the kernel hangs: ", .records = "hello load", .cell = "x/2" },
	{ "silence after a panic", { UP }, .limits = { 5, 1, 5 }, .console = CONSOLE PANIC CONSOLE,
	  .class = SESSION_KERNEL, .why = "the kernel hangs: ", .says = "; its log says: ",
	  .records = "hello splat", .cell = "x/2" },
	{ "a load that never ends", { UP, { TICKS } }, .limits = { 5, 1, 2 },
	  .class = SESSION_TEST, .why = "x/2 did not end within 2 s (limits.load_s), while the kernel is alive",
	  .records = "hello", .cell = "x/2" },
	{ "a load that never ends, and why", { UP, { TICKS } }, .limits = { 5, 1, 2 }, .console = PANIC,
	  .class = SESSION_KERNEL, .why = "x/2 did not end within 2 s", .says = "Kernel panic",
	  .records = "hello splat", .cell = "x/2" },
	{ "panic", { UP, { HANG_UP } }, RUNNER_PANIC, "the kernel panicked (pvpanic)", .console = CONSOLE PANIC,
	  .class = SESSION_KERNEL, .why = "the kernel panicked (pvpanic) during x/2: ",
	  .says = "sysrq triggered crash",
	  .records = "hello splat", .cell = "x/2" },
	{ "panic without words", { UP, { HANG_UP } }, RUNNER_PANIC, "the kernel panicked (pvpanic)",
	  .class = SESSION_KERNEL, .why = "the kernel panicked (pvpanic) during x/2", .records = "hello",
	  .cell = "x/2" },
	{ "half a record, then panic", { UP, { SAY, "{\"t\":\"load\",\"ce" }, { HANG_UP } }, RUNNER_PANIC,
	  "panicked",
	  .class = SESSION_KERNEL, .why = "panicked during x/2", .records = "hello", .cell = "x/2" },
	{ "reset", { UP, { HANG_UP } }, RUNNER_RESET, "the guest reset itself",
	  .class = SESSION_KERNEL, .why = "the guest reset itself during x/2", .records = "hello",
	  .cell = "x/2" },
	{ "power off", { UP, { HANG_UP } }, RUNNER_POWEROFF, "the guest powered off",
	  .class = SESSION_INFRA, .why = "the guest powered off during x/2", .records = "hello",
	  .cell = "x/2" },
	{ "killed", { UP, { HANG_UP } }, RUNNER_KILLED, "QEMU was killed by signal 9 (Killed)",
	  .console = PANIC,
	  .class = SESSION_INFRA, .why = "QEMU was killed by signal 9 (Killed) during x/2", .records = "hello",
	  .cell = "x/2" },
	{ "closed for no known reason", { UP, { HANG_UP } }, RUNNER_RUNNING,
	  .class = SESSION_INFRA, .why = "the agent closed its channel during x/2", .records = "hello",
	  .cell = "x/2" },
	{ "nonsense", { UP, { SAY, "BUG: unable to handle\n" } },
	  .class = SESSION_KERNEL,
	  .why = "the agent's channel cannot be trusted: it sent a line that is no record",
	  .records = "hello", .cell = "x/2" },
	{ "an unknown record", { UP, { SAY, "{\"t\":\"shell\"}\n" } },
	  .class = SESSION_KERNEL,
	  .why = "the agent's channel cannot be trusted: it sent a record of no known kind",
	  .records = "hello", .cell = "x/2" },
	{ "a line that never ends", { UP, { LONG_LINE } },
	  .class = SESSION_KERNEL,
	  .why = "the agent's channel cannot be trusted: it sent a line of more than 1048576 bytes",
	  .records = "hello", .cell = "x/2" },
	{ "another cell's load", { UP, { SAY, LOAD_OF("y/2", "0", "7,8") } },
	  .class = SESSION_KERNEL, .why = "the agent answered to another load than x/2 0", .records = "hello",
	  .cell = "x/2" },
	{ "the same load twice", { UP, { SAY, LOAD("0") }, { HEAR }, { SAY, LOAD("0") } },
	  .class = SESSION_KERNEL, .why = "the agent answered to another load than x/2 1",
	  .records = "hello load", .cell = "x/2" },
	{ "too few workers", { UP, { SAY, LOAD_OF("x/2", "0", "7") } },
	  .class = SESSION_KERNEL, .why = "the agent answered to another load than x/2 0", .records = "hello",
	  .cell = "x/2" },
	{ "too many workers", { UP, { SAY, LOAD_OF("x/2", "0", "7,8,9") } },
	  .class = SESSION_KERNEL, .why = "the agent answered to another load than x/2 0", .records = "hello",
	  .cell = "x/2" },
	{ "a second hello", { UP, { SAY, HELLO } },
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello",
	  .cell = "x/2" },
	{ "an early bye", { UP, { SAY, BYE } },
	  .class = SESSION_KERNEL, .why = "the agent spoke out of turn during x/2", .records = "hello",
	  .cell = "x/2" },
	{ "splat", { UP, { SAY, SPLAT("WARNING: CPU: 0 PID: 1") }, { SAY, FAILED("splat") } },
	  .class = SESSION_KERNEL, .why = "warn: WARNING: CPU: 0 PID: 1", .records = "hello splat",
	  .cell = "x/2" },
	{ "error", { UP, { SAY, FAILED("the module has no parameter mask") } },
	  .class = SESSION_TEST, .why = "x/2: the module has no parameter mask", .records = "hello",
	  .cell = "x/2" },
	{ "interrupted", { UP, { NAP, .ms = 50 }, { SIGNAL } },
	  .class = SESSION_INTERRUPTED, .why = "interrupted", .records = "hello", .cell = "x/2" },
	{ "drill", { { SAY, HELLO }, { HEAR }, { HANG_UP } }, RUNNER_PANIC, "panicked", .drill = 'c',
	  .class = SESSION_KERNEL, .why = "panicked during x/2", .records = "hello", .cell = "x/2",
	  .heard = "{\"q\":\"sysrq\",\"key\":\"c\"}\n" },

	/* After the last load. */
	{ "splat after the bye", { BOTH_LOADS, { SAY, BYE SPLAT("BUG: late") }, { HANG_UP } }, RUNNER_POWEROFF,
	  .class = SESSION_KERNEL, .why = "warn: BUG: late", .records = "hello load load splat" },
	{ "panic after the bye", { BOTH_LOADS, { SAY, BYE }, { HANG_UP } }, RUNNER_PANIC, "panicked",
	  .console = PANIC,
	  .class = SESSION_KERNEL, .why = "panicked outside of its loads: ",
	  .records = "hello load load splat" },
	{ "killed after the bye", { BOTH_LOADS, { SAY, BYE }, { HANG_UP } }, RUNNER_KILLED, "killed",
	  .class = SESSION_INFRA, .why = "killed outside of its loads", .records = "hello load load" },
	{ "nonsense after the bye", { BOTH_LOADS, { SAY, BYE "\n" } },
	  .class = SESSION_KERNEL, .why = "the agent's channel cannot be trusted",
	  .records = "hello load load" },
	{ "interrupted after the bye", { BOTH_LOADS, { SAY, BYE }, { SIGNAL } },
	  .class = SESSION_INTERRUPTED, .why = "interrupted", .records = "hello load load" },
	{ "does not power off", { BOTH_LOADS, { SAY, BYE } }, RUNNER_RUNNING, .console = CONSOLE,
	  .class = SESSION_KERNEL,
	  .why = "the kernel did not power off after its last load; the last line on its console: ",
	  .records = "hello load load" },

	/* Counted mode: nothing is asked, and silence is no sign. */
	{ "counted", { { SAY, HELLO }, { NAP, .ms = 1500 }, { SAY, LOAD("0") LOAD("1") BYE }, { HANG_UP } },
	  RUNNER_POWEROFF,
	  .counted = true, .limits = { 5, 1, 5 },
	  .class = SESSION_OK, .records = "hello load load", .heard = "" },
	{ "counted, never ends", { { SAY, HELLO } }, .counted = true, .limits = { 5, 1, 2 },
	  .class = SESSION_TEST, .why = "x/2 did not end within 2 s (limits.load_s); the last line",
	  .records = "hello",
	  .cell = "x/2", .heard = "" },
	{ "counted, splat between loads",
	  { { SAY, HELLO LOAD("0") SPLAT("WARNING: CPU: 0 PID: 1") LOAD("1") BYE }, { HANG_UP } },
	  RUNNER_POWEROFF, .counted = true,
	  .class = SESSION_KERNEL, .why = "warn: WARNING", .records = "hello load splat", .cell = "x/2" },

	/* A machine that does not come home is what has to be told first. */
	{ "splat, and lost behind it", { UP, { SAY, SPLAT("WARNING: CPU: 0 PID: 1") } }, .mend = "it is lost",
	  .class = SESSION_REFUSED, .why = "it is lost; before that: warn: WARNING", .records = "hello splat", .cell = "x/2" },
	{ "interrupted, and lost behind it", { UP, { SIGNAL } }, .mend = "it is lost",
	  .class = SESSION_REFUSED, .why = "it is lost; before that: interrupted", .records = "hello", .cell = "x/2" },
	{ "well, and lost behind it", { BOTH_LOADS, { SAY, BYE }, { HANG_UP } }, RUNNER_POWEROFF, .mend = "it is lost",
	  .class = SESSION_REFUSED, .why = "it is lost", .records = "hello load load" },

	/* The journal's disk is full: the error is passed on, and the guest stopped. */
	{ "hello not kept", { { SAY, HELLO } }, .refuse = "hello" },
	{ "load not kept", { UP, { SAY, LOAD("0") } }, .refuse = "load", .records = "hello" },
	{ "splat not kept", { UP, { SAY, SPLAT("WARNING") } }, .refuse = "splat", .records = "hello" },
	{ "dead kernel's splat not kept", { UP, { HANG_UP } }, RUNNER_PANIC, "panicked", .console = PANIC,
	  .refuse = "splat",
	  .records = "hello" },
	{ "hung kernel's splat not kept", { UP }, .limits = { 5, 1, 5 }, .console = PANIC, .refuse = "splat",
	  .records = "hello" },
};
/* clang-format on */

/* One scenario as it is played. */
struct stage {
	struct target base;
	const struct scenario *scenario;
	GThread *agent;
	int agent_fd;
	GString *heard;
	GString *records;
	unsigned int ups;
	unsigned int stops;
};

/* The runner's functions get no argument of ours; each scenario has a process of its own. */
static struct stage stage;

static void hear(struct stage *s)
{
	char c;

	while (read(s->agent_fd, &c, 1) == 1) {
		g_string_append_c(s->heard, c);
		if (c == '\n')
			return;
	}
}

static void say(struct stage *s, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(s->agent_fd, text, length, MSG_NOSIGNAL);

		if (sent < 0)
			return;
		text += sent;
		length -= sent;
	}
}

static void say_long_line(struct stage *s)
{
	g_autofree char *line = g_strnfill(WIRE_LINE_MAX, 'x');

	say(s, line, WIRE_LINE_MAX);
}

static void tick_for_ever(struct stage *s)
{
	while (send(s->agent_fd, TICK, strlen(TICK), MSG_NOSIGNAL) > 0)
		g_usleep(200 * 1000);
}

static void play(struct stage *s, const struct step *step)
{
	switch (step->action) {
	case SAY:
		return say(s, step->text, strlen(step->text));
	case HEAR:
		return hear(s);
	case NAP:
		return g_usleep(step->ms * 1000);
	case TICKS:
		return tick_for_ever(s);
	case LONG_LINE:
		return say_long_line(s);
	case HANG_UP:
		shutdown(s->agent_fd, SHUT_RDWR);
		return;
	case SIGNAL:
		kill(getpid(), SIGINT);
		return;
	case END:
		return;
	}
}

static gpointer agent_main(gpointer data)
{
	struct stage *s = data;
	char c;

	for (size_t i = 0; i < STEPS_MAX; i++)
		play(s, &s->scenario->script[i]);
	while (read(s->agent_fd, &c, 1) == 1)
		g_string_append_c(s->heard, c);
	return NULL;
}

static struct target *fake_start(const struct runner_boot *boot, GError **error)
{
	int ends[2];

	(void)boot, (void)error;
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
	g_assert_cmpint(fcntl(ends[0], F_SETFL, O_NONBLOCK), ==, 0);
	stage.base.channel_fd = ends[0];
	stage.agent_fd = ends[1];
	stage.agent = g_thread_new("agent", agent_main, &stage);
	return &stage.base;
}

static const char *fake_up(struct target *t)
{
	((struct stage *)t)->ups++;
	return "vCPUs pinned";
}

static enum runner_end fake_end(struct target *t, int wait_ms, char **ret_why)
{
	const struct stage *s = (struct stage *)t;

	g_assert_cmpint(wait_ms, >, 0);
	*ret_why = g_strdup(s->scenario->end_why);
	return s->scenario->end;
}

static bool fake_stop(struct target *t, char **ret_why)
{
	struct stage *s = (struct stage *)t;

	s->stops++;
	shutdown(s->base.channel_fd, SHUT_RDWR);
	g_thread_join(s->agent);
	close(s->base.channel_fd);
	close(s->agent_fd);
	*ret_why = g_strdup(s->scenario->mend);
	return !s->scenario->mend;
}

static char *fake_command(const struct runner_boot *boot)
{
	(void)boot;
	return g_strdup("fake");
}

static const struct runner fake_runner = { "fake", fake_start, fake_up, fake_end, fake_stop, fake_command };

static bool keep(const struct record *record, void *data, GError **error)
{
	struct stage *s = data;
	const char *kind = json_text(record->json, "t");

	if (!g_strcmp0(kind, s->scenario->refuse)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "no room for this %s", kind);
		return false;
	}
	if (record->kind == RECORD_HELLO)
		g_assert_cmpstr(json_text(record->json, "host"), ==, "vCPUs pinned");
	g_string_append_printf(s->records, "%s%s", s->records->len ? " " : "", kind);
	return true;
}

/* What the scenario must come to; in its own process, so that a failed assertion ends only this one. */
static void check_end(const struct scenario *expected, bool ok, const struct session_end *end,
		      const GError *error)
{
	g_assert_cmpstr(stage.records->str, ==, expected->records ? expected->records : "");
	g_assert_cmpuint(stage.stops, ==, 1);
	g_assert_cmpuint(stage.ups, <=, 1);
	if (expected->heard)
		g_assert_cmpstr(stage.heard->str, ==, expected->heard);
	if (expected->refuse) {
		g_assert_false(ok);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
		g_assert_nonnull(strstr(error->message, expected->refuse));
		return;
	}
	g_assert_true(ok);
	g_assert_no_error(error);
	g_assert_cmpint(end->class, ==, expected->class);
	if (!expected->why)
		g_assert_null(end->why);
	else if (!end->why || !g_str_has_prefix(end->why, expected->why))
		g_error("%s: \"%s\" does not begin with \"%s\"", expected->name, end->why, expected->why);
	if (expected->says && !strstr(end->why, expected->says))
		g_error("%s: \"%s\" does not say \"%s\"", expected->name, end->why, expected->says);
	g_assert_cmpstr(end->cell, ==, expected->cell);
}

static void run_scenario(const struct scenario *scenario)
{
	static const struct session_limits patient = { 5, 5, 5 };
	g_autofree char *dir = g_dir_make_tmp("test-session-XXXXXX", NULL);
	g_autofree char *console_path = g_build_filename(dir, "console.log", NULL);
	const struct runner_boot boot = {
		.accel = scenario->counted ? "counted" : "tcg",
		.smp = 1,
		.console_path = console_path,
	};
	const struct session_cell cell = {
		.name = (char *)"x/2",
		.test = (char *)"x",
		.module = "m",
		.params = (char *)"mask=1",
		.workers = 2,
		.loads = 2,
		.drill = scenario->drill,
		.latency = scenario->latency,
		.memory = scenario->memory,
	};
	static const char *const probes[] = { "off", "attached" };
	static const struct session_trace trace = {
		.probes = probes, .probes_count = 2, .loads = 1, .latency = true, .backend = "b",
	};
	static const struct session_sampling sampling = { 99, "cpu-clock" };
	const struct session_spec spec = {
		.runner = &fake_runner, .boot = &boot, .cells = &cell, .cells_count = 1,
		.limits = scenario->limits.load_s ? scenario->limits : patient,
		.trace = scenario->traced ? &trace : NULL,
		.sampling = scenario->sampled ? &sampling : NULL,
		.on_record = keep, .data = &stage,
	};
	g_autoptr(GError) error = NULL;
	struct session_end end;
	bool ok;

	if (scenario->console)
		g_assert_true(g_file_set_contents(console_path, scenario->console, -1, NULL));
	stage = (struct stage){
		{ &fake_runner, -1 }, scenario, .heard = g_string_new(NULL), .records = g_string_new(NULL)
	};
	interrupt_catch();
	ok = session_run(&spec, &end, &error);
	check_end(scenario, ok, &end, error);
	g_free(end.why);
	g_string_free(stage.heard, TRUE);
	g_string_free(stage.records, TRUE);
	g_assert_true(path_remove_tree(dir, NULL));
}

static pid_t begin_scenario(const struct scenario *scenario)
{
	pid_t pid;

	fflush(NULL);	/* what is buffered would be written twice */
	pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid > 0)
		return pid;
	dup2(STDERR_FILENO, STDOUT_FILENO);	/* what prove reads is for the parent to write */
	alarm(50);	/* none may hang */
	run_scenario(scenario);
	exit(0);	/* not _exit(): leaks are looked for */
}

static pid_t pids[G_N_ELEMENTS(scenarios)];

static void test_scenario(gconstpointer data)
{
	size_t index = (const struct scenario *)data - scenarios;
	int status;

	g_assert_cmpint(waitpid(pids[index], &status, 0), ==, pids[index]);
	g_assert_cmpint(status, ==, 0);
}

static struct target *broken_start(const struct runner_boot *boot, GError **error)
{
	(void)boot;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot start the machine");
	return NULL;
}

static void test_no_start(void)
{
	const struct runner runner = { "broken", broken_start, fake_up, fake_end, fake_stop, fake_command };
	const struct runner_boot boot = { .accel = "tcg" };
	const struct session_spec spec = { .runner = &runner, .boot = &boot };
	g_autoptr(GError) error = NULL;
	struct session_end end;

	g_assert_true(session_run(&spec, &end, &error));
	g_assert_no_error(error);
	g_assert_cmpint(end.class, ==, SESSION_INFRA);
	g_assert_cmpstr(end.why, ==, "cannot start the machine");
	g_free(end.why);
}

#define Y_REQUEST(load, params)                                                                                        \
	"{\"q\":\"run\",\"cell\":\"y/1\",\"load\":" load ",\"test\":\"y\",\"workers\":1,\"module\":null,\"params\":\"" params "\","     \
	"\"tick_ms\":0}\n"

static void test_jobs(void)
{
	const struct session_cell cells[] = {
		{ .name = (char *)"x/2",
		  .test = (char *)"x",
		  .module = "m",
		  .params = (char *)"a=1",
		  .workers = 2,
		  .loads = 2 },
		{ .name = (char *)"y/1",
		  .test = (char *)"y",
		  .params = (char *)"n=9",
		  .setup_params = (char *)"n=1",
		  .workers = 1,
		  .loads = 2 },
		{ .name = (char *)"drill-panic/1",
		  .test = (char *)"drill-panic",
		  .drill = 'c',
		  .workers = 1,
		  .loads = 1 },
	};
	g_autofree char *jobs = session_jobs(cells, G_N_ELEMENTS(cells), NULL);
	g_autofree char *none = session_jobs(cells, 0, NULL);

	g_assert_cmpstr(jobs, ==,
			"{\"q\":\"run\",\"cell\":\"x/2\",\"load\":0,"
			"\"test\":\"x\",\"workers\":2,\"module\":\"m\",\"params\":\"a=1\",\"tick_ms\":0}\n"
			"{\"q\":\"run\",\"cell\":\"x/2\",\"load\":1,"
			"\"test\":\"x\",\"workers\":2,\"module\":\"m\",\"params\":\"a=1\",\"tick_ms\":0}\n"
			Y_REQUEST("0", "n=9") Y_REQUEST("1", "n=9") Y_REQUEST("2", "n=1") Y_REQUEST("3", "n=1")
			"{\"q\":\"sysrq\",\"key\":\"c\"}\n"
			"{\"q\":\"bye\"}\n");
	g_assert_cmpstr(none, ==, "{\"q\":\"bye\"}\n");
}

static void test_runners(void)
{
	g_assert_cmpstr(runner_find("qemu")->name, ==, "qemu");
	g_assert_cmpstr(runner_find("board")->name, ==, "board");
	g_assert_null(runner_find(""));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		g_autofree char *path = g_strdup_printf("/session/%s", scenarios[i].name);

		pids[i] = begin_scenario(&scenarios[i]);
		g_test_add_data_func(path, &scenarios[i], test_scenario);
	}
	g_test_add_func("/session/no-start", test_no_start);
	g_test_add_func("/session/jobs", test_jobs);
	g_test_add_func("/session/runners", test_runners);
	return g_test_run();
}
