// SPDX-License-Identifier: GPL-2.0-only
/*
 * The profiler: a TCG plugin that QEMU loads in counted mode (docs/profile.md). It counts the instructions of
 * each kernel function and follows the calls of some, and writes a line of JSON for each load. A load is what
 * happens between two marks of the agent, which are the only writes to /dev/kmsg.
 *
 * Arguments: map=System.map of the guest's kernel, out=FILE, watch=NAME:NAME:...
 * With try=on it says that it was loaded, and refuses to stay.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runners/profile/counters.h"
#include "runners/profile/decode.h"
#include "runners/profile/follower.h"
#include "runners/profile/qemu-plugin.h"
#include "runners/profile/report.h"
#include "runners/profile/symbols.h"

#define WATCHED_MAX 64

/* IDT_ALIGN of x86_64 without indirect branch tracking; with it twice as much. */
#define STUB_ALIGN 8

/* What the beginning of a block means beside its instructions. */
enum role {
	ROLE_NONE,
	ROLE_MARK,		/* the agent writes to /dev/kmsg */
	ROLE_CLOCK,		/* somebody reads the clock by which test_vmalloc measures */
	ROLE_INTERRUPT,
	ROLE_SWITCH,		/* to the stack of another task */
};

struct block {
	uint64_t address;
	size_t bytes;
	enum role role;
	size_t entered;		/* 1 + the watched function that begins here; 0: none */
};

/* What an instruction that touches memory is, for its callback. */
enum access {
	ACCESS_PLAIN,
	ACCESS_CALL,
	ACCESS_CALL_OF_MODULE,
	ACCESS_RETURN,
};

static struct {
	struct symbols symbols;
	struct counters counters;
	struct follower *follower;
	struct report report;
	char *watch;				/* of which the names are parts */
	const char *watched[WATCHED_MAX];	/* NULL-ended */
	size_t watched_count;
	enum role *roles;			/* by the number of a symbol: of its first instruction */
	size_t *entered;			/* likewise: 1 + the watched function, 0 */
	bool called_by_module;
	int version;
} profiler;

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 1;

/* QEMU refuses what is older than its oldest or newer than itself; what we use is the same in all of them. */
__attribute__((constructor)) static void choose_version(void)
{
	if (qemu_plugin_scoreboard_new)
		qemu_plugin_version = 2;
}

static uint64_t executed(void)
{
	return counters_values(&profiler.counters)[profiler.counters.count - 1];
}

static void on_block(unsigned int vcpu, void *data)
{
	const struct block *b = data;

	(void)vcpu;
	switch (b->role) {
	case ROLE_MARK:
		report_mark(&profiler.report);
		break;
	case ROLE_CLOCK:
		if (profiler.called_by_module)
			report_clock(&profiler.report);
		break;
	case ROLE_INTERRUPT:
		follower_interrupt(profiler.follower);
		break;
	case ROLE_SWITCH:
		follower_switch(profiler.follower);
		break;
	case ROLE_NONE:
		break;
	}
	if (b->entered)
		follower_enter(profiler.follower, b->entered - 1);
	if (follower_open(profiler.follower))
		follower_code(profiler.follower, b->address, b->bytes);
}

static void on_iret(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	follower_iret(profiler.follower);
}

/* What a call stores and a return loads is touched by the function that executes it. */
static void on_access(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
	enum access access = (uintptr_t)data;
	bool store = qemu_plugin_mem_is_store(info);

	(void)vcpu;
	if (follower_open(profiler.follower))
		follower_data(profiler.follower, address, 1ul << qemu_plugin_mem_size_shift(info), store);
	if (access == ACCESS_RETURN) {
		follower_return(profiler.follower, address);
	} else if (access != ACCESS_PLAIN && store) {
		follower_call(profiler.follower, address);
		profiler.called_by_module = access == ACCESS_CALL_OF_MODULE;
	}
}

static enum decode_kind kind_of(const struct qemu_plugin_insn *insn)
{
	uint8_t bytes[DECODE_BYTES];

	if (profiler.version < 3)
		return decode_kind_of(qemu_plugin_insn_data_borrowed(insn), qemu_plugin_insn_size(insn));
	return decode_kind_of(bytes, qemu_plugin_insn_data_copied(insn, bytes, sizeof(bytes)));
}

static enum access access_of(enum decode_kind kind, size_t number)
{
	if (kind == DECODE_RETURN)
		return ACCESS_RETURN;
	if (kind != DECODE_CALL)
		return ACCESS_PLAIN;
	return number == SYMBOLS_MODULES ? ACCESS_CALL_OF_MODULE : ACCESS_CALL;
}

static void watch_insn(struct qemu_plugin_insn *insn, size_t number)
{
	enum decode_kind kind = kind_of(insn);
	void *access = (void *)(uintptr_t)access_of(kind, number);

	/* Before it is counted. */
	if (kind == DECODE_IRET)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_iret, QEMU_PLUGIN_CB_NO_REGS, NULL);
	qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, access);
}

/* The stubs of the vectors, each a push and a jump, are a row below one symbol. */
static bool is_stub(uint64_t address, const struct symbol *of)
{
	return (address - of->address) % STUB_ALIGN == 0 &&
	       (!strcmp(of->name, "irq_entries_start") || !strcmp(of->name, "spurious_entries_start"));
}

static enum role role_of(uint64_t address, size_t number)
{
	const struct symbol *of;

	if (number < SYMBOLS_FIRST)
		return ROLE_NONE;
	of = &profiler.symbols.list[number - SYMBOLS_FIRST];
	if (is_stub(address, of))
		return ROLE_INTERRUPT;
	return of->address == address ? profiler.roles[number] : ROLE_NONE;
}

static size_t entered_at(uint64_t address, size_t number)
{
	if (number < SYMBOLS_FIRST || profiler.symbols.list[number - SYMBOLS_FIRST].address != address)
		return 0;
	return profiler.entered[number];
}

/* QEMU keeps it as long as the translated code, of which it does not say when that ends; it is never freed. */
static void watch_block(struct qemu_plugin_tb *tb, size_t insns)
{
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
	struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, insns - 1);
	uint64_t address = qemu_plugin_insn_vaddr(first);
	size_t number = symbols_find(&profiler.symbols, address);
	struct block *b = calloc(1, sizeof(*b));

	if (!b || number == SYMBOLS_USER) {
		free(b);
		return;
	}
	b->address = address;
	b->bytes = qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last) - address;
	b->role = role_of(address, number);
	b->entered = entered_at(address, number);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, b);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t insns = qemu_plugin_tb_n_insns(tb);

	(void)id;
	watch_block(tb, insns);
	for (size_t i = 0; i < insns; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		size_t number = symbols_find(&profiler.symbols, qemu_plugin_insn_vaddr(insn));

		if (number != SYMBOLS_USER)
			watch_insn(insn, number);
		counters_attach(&profiler.counters, insn, number);
		counters_attach(&profiler.counters, insn, profiler.counters.count - 1);
	}
}

static bool starts_with(const char *name, const char *start)
{
	return !strncmp(name, start, strlen(start));
}

static enum role role_of_name(const char *name)
{
	if (!strcmp(name, "devkmsg_write"))
		return ROLE_MARK;
	if (!strcmp(name, "ktime_get"))
		return ROLE_CLOCK;
	if (!strcmp(name, "__switch_to_asm"))
		return ROLE_SWITCH;
	return starts_with(name, "asm_exc_") || starts_with(name, "asm_sysvec_") ? ROLE_INTERRUPT : ROLE_NONE;
}

static bool has_symbol(const char *name)
{
	for (size_t i = 0; i < profiler.symbols.count; i++) {
		if (!strcmp(profiler.symbols.list[i].name, name))
			return true;
	}
	return false;
}

/* Of a function that the compiler split or renamed, what it made of it. */
static bool is_watched(const char *symbol, const char *name, bool exact)
{
	return exact ? !strcmp(symbol, name) : symbols_is(symbol, name);
}

static void watch_function(size_t function)
{
	const char *name = profiler.watched[function];
	bool exact = has_symbol(name);

	for (size_t i = 0; i < profiler.symbols.count; i++) {
		if (is_watched(profiler.symbols.list[i].name, name, exact))
			profiler.entered[SYMBOLS_FIRST + i] = function + 1;
	}
}

static void split_watch(char *list)
{
	char *rest;

	for (char *name = strtok_r(list, ":", &rest); name; name = strtok_r(NULL, ":", &rest)) {
		if (profiler.watched_count < WATCHED_MAX - 1)
			profiler.watched[profiler.watched_count++] = name;
	}
}

static bool set_up(const char *map, const char *out)
{
	size_t numbers;

	if (!symbols_load(&profiler.symbols, map)) {
		fprintf(stderr, "%s: cannot take the kernel's functions from it: %s\n", map, strerror(errno));
		return false;
	}
	numbers = SYMBOLS_FIRST + profiler.symbols.count;
	profiler.roles = calloc(numbers, sizeof(*profiler.roles));
	profiler.entered = calloc(numbers, sizeof(*profiler.entered));
	profiler.follower = follower_new(profiler.watched_count, executed);
	/* The last one counts all. */
	if (!profiler.roles || !profiler.entered || !profiler.follower ||
	    !counters_init(&profiler.counters, numbers + 1)) {
		fprintf(stderr, "the profiler has no memory, or this QEMU counts in no way that it knows\n");
		return false;
	}
	for (size_t i = 0; i < profiler.symbols.count; i++)
		profiler.roles[SYMBOLS_FIRST + i] = role_of_name(profiler.symbols.list[i].name);
	for (size_t i = 0; i < profiler.watched_count; i++)
		watch_function(i);
	if (report_open(&profiler.report, out, &profiler.symbols, &profiler.counters, profiler.follower,
			profiler.watched))
		return true;
	fprintf(stderr, "%s: cannot write the profile: %s\n", out, strerror(errno));
	return false;
}

static const char *value_of(char **argv, int argc, const char *name)
{
	for (int i = 0; i < argc; i++) {
		if (starts_with(argv[i], name))
			return argv[i] + strlen(name);
	}
	return "";
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc,
					   char **argv)
{
	if (*value_of(argv, argc, "try=")) {
		fprintf(stderr, "profiler: QEMU has version %d of its plugin interface\n", info->version.cur);
		return 1;
	}
	profiler.version = info->version.cur;
	profiler.watch = strdup(value_of(argv, argc, "watch="));
	if (!profiler.watch)
		return 1;
	split_watch(profiler.watch);
	if (!set_up(value_of(argv, argc, "map="), value_of(argv, argc, "out=")))
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}
