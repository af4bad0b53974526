// SPDX-License-Identifier: GPL-2.0-only
/* The parts of the profiler that need no QEMU. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "runners/profile/decode.h"
#include "runners/profile/follower.h"
#include "runners/profile/line-set.h"
#include "runners/profile/symbols.h"

enum { OUTER, INNER, FUNCTIONS };

/* Two kernel stacks, of 16 KiB each, and a place that is on neither. */
#define TASK 0xffffc90000010000ull
#define OTHER 0xffffc90000020000ull
#define HEAP 0xffff888000100000ull

static uint64_t executed;

static uint64_t now(void)
{
	return executed;
}

/* A call from a place of which nobody knows to a function; its return address is @depth bytes below the top. */
static void call(struct follower *c, uint64_t stack, uint64_t depth, int function)
{
	executed++;
	follower_call(c, stack + 16384 - depth);
	if (function >= 0)
		follower_enter(c, function);
}

static void run(struct follower *c, uint64_t instructions, uint64_t line)
{
	executed += instructions;
	follower_data(c, HEAP + 64 * line, 8, false);
}

static void ret(struct follower *c, uint64_t stack, uint64_t depth)
{
	executed++;
	follower_return(c, stack + 16384 - depth);
}

static void assert_figures(const struct follower *c, int function, uint64_t count, uint64_t instructions, uint64_t lost)
{
	const struct follower_figures *f = follower_figures(c, function);

	g_assert_cmpuint(f->calls, ==, count);
	g_assert_cmpuint(f->instructions, ==, instructions);
	g_assert_cmpuint(f->lost, ==, lost);
}

static void assert_lines(const struct follower *c, int function, uint64_t lines, uint64_t count)
{
	const struct follower_tally *t = &follower_figures(c, function)->lines[LINE_DATA];

	g_assert_cmpuint(lines, <, t->size);
	g_assert_cmpuint(t->calls[lines], ==, count);
}

static void test_plain(void)
{
	struct follower *c = follower_new(FUNCTIONS, now);

	for (int i = 0; i < 3; i++) {
		call(c, TASK, 8, OUTER);
		run(c, 5, 1);
		run(c, 5, 1);
		run(c, 5, 2);
		call(c, TASK, 64, -1);
		run(c, 100, 3);
		ret(c, TASK, 64);
		ret(c, TASK, 8);
		run(c, 50, 4);
	}
	/* The call and the return of what it calls, and its own return. */
	assert_figures(c, OUTER, 3, 3 * (15 + 100 + 3), 0);
	assert_lines(c, OUTER, 3, 3);
	follower_reset(c);
	assert_figures(c, OUTER, 0, 0, 0);
	follower_free(c);
}

static void test_nested(void)
{
	struct follower *c = follower_new(FUNCTIONS, now);

	call(c, TASK, 8, OUTER);
	run(c, 10, 1);
	call(c, TASK, 64, INNER);
	run(c, 20, 2);
	ret(c, TASK, 64);
	run(c, 30, 3);
	ret(c, TASK, 8);
	assert_figures(c, INNER, 1, 21, 0);
	assert_figures(c, OUTER, 1, 10 + 1 + 21 + 30 + 1, 0);
	assert_lines(c, INNER, 1, 1);
	assert_lines(c, OUTER, 3, 1);
	follower_free(c);
}

/* What a handler executes and touches is not the call's, also when it calls what is watched. */
static void test_interrupt(void)
{
	struct follower *c = follower_new(FUNCTIONS, now);

	call(c, TASK, 8, OUTER);
	run(c, 10, 1);
	follower_interrupt(c);
	run(c, 1000, 2);
	call(c, TASK, 264, INNER);
	run(c, 7, 3);
	ret(c, TASK, 264);
	run(c, 1000, 4);
	follower_iret(c);
	executed++;
	run(c, 20, 5);
	ret(c, TASK, 8);
	assert_figures(c, OUTER, 1, 31, 0);
	assert_lines(c, OUTER, 2, 1);
	assert_figures(c, INNER, 1, 8, 0);
	assert_lines(c, INNER, 1, 1);
	follower_free(c);
}

/* Preempted behind an interrupt; another task runs the same function meanwhile. */
static void test_preempted(void)
{
	struct follower *c = follower_new(FUNCTIONS, now);

	call(c, TASK, 8, OUTER);
	run(c, 10, 1);
	follower_interrupt(c);
	run(c, 100, 2);
	call(c, TASK, 264, -1);
	follower_switch(c);
	run(c, 3, 3);
	call(c, OTHER, 8, OUTER);
	run(c, 40, 4);
	ret(c, OTHER, 8);
	call(c, OTHER, 128, -1);
	follower_switch(c);
	run(c, 3, 5);
	ret(c, TASK, 264);
	run(c, 100, 6);
	follower_iret(c);
	executed++;
	run(c, 20, 7);
	ret(c, TASK, 8);
	assert_figures(c, OUTER, 2, 31 + 41, 0);
	assert_lines(c, OUTER, 2, 1);
	assert_lines(c, OUTER, 1, 1);
	follower_free(c);
}

/* Sleeps: the way into the scheduler is the call's, what runs until it is woken is not. */
static void test_asleep(void)
{
	struct follower *c = follower_new(FUNCTIONS, now);

	call(c, TASK, 8, OUTER);
	call(c, TASK, 64, -1);
	run(c, 9, 1);
	follower_switch(c);
	call(c, OTHER, 8, -1);
	run(c, 1000, 2);
	follower_switch(c);
	run(c, 5, 3);
	ret(c, TASK, 64);
	run(c, 10, 4);
	ret(c, TASK, 8);
	assert_figures(c, OUTER, 1, 1 + 9 + 10 + 1, 0);
	assert_lines(c, OUTER, 2, 1);
	follower_free(c);
}

/* One that is jumped to at the end of another returns by the other's slot; a jump to the own beginning is none. */
static void test_tail_calls(void)
{
	struct follower *c = follower_new(FUNCTIONS, now);

	call(c, TASK, 8, OUTER);
	call(c, TASK, 64, -1);
	ret(c, TASK, 64);
	follower_enter(c, OUTER);
	executed += 5;
	follower_enter(c, INNER);
	executed += 5;
	ret(c, TASK, 8);
	assert_figures(c, OUTER, 1, 2 + 10 + 1, 0);
	assert_figures(c, INNER, 1, 6, 0);
	follower_free(c);
}

/* A function that is entered while nothing is known of its caller, and more of them than are followed. */
static void test_lost(void)
{
	struct follower *c = follower_new(FUNCTIONS, now);

	follower_enter(c, OUTER);
	assert_figures(c, OUTER, 0, 0, 1);
	ret(c, TASK, 8);
	for (int i = 1; i <= 20; i++)
		call(c, TASK, 64 * i, INNER);
	ret(c, TASK, 64);
	g_assert_cmpuint(follower_figures(c, INNER)->calls, ==, 16);
	g_assert_cmpuint(follower_figures(c, INNER)->lost, ==, 4);
	follower_iret(c);
	follower_free(c);
}

/* More stacks than the first table has. */
static void test_many_stacks(void)
{
	struct follower *c = follower_new(FUNCTIONS, now);

	for (uint64_t i = 0; i < 1000; i++)
		call(c, TASK + i * 16384, 8, OUTER);
	for (uint64_t i = 0; i < 1000; i++)
		ret(c, TASK + i * 16384, 8);
	g_assert_cmpuint(follower_figures(c, OUTER)->calls, ==, 1000);
	follower_free(c);
}

static void test_line_set(void)
{
	struct line_set s = { 0 };

	g_assert_true(line_set_add_data(&s, 64, 8, false, false));
	g_assert_true(line_set_add_data(&s, 120, 8, true, false));
	g_assert_true(line_set_add_data(&s, 124, 8, true, true));	/* into the next one */
	g_assert_true(line_set_add_code(&s, 64, 64));
	g_assert_true(line_set_add_code(&s, 127, 2));
	g_assert_cmpuint(s.lines[LINE_DATA], ==, 2);
	g_assert_cmpuint(s.lines[LINE_WRITTEN], ==, 2);
	g_assert_cmpuint(s.lines[LINE_STACK], ==, 1);
	g_assert_cmpuint(s.lines[LINE_CODE], ==, 2);
	line_set_reset(&s);
	for (uint64_t round = 0; round < 2; round++) {
		for (uint64_t i = 0; i < 10000; i++)
			g_assert_true(line_set_add_data(&s, HEAP + 4096 * i, 1, round, false));
	}
	g_assert_cmpuint(s.lines[LINE_DATA], ==, 10000);
	g_assert_cmpuint(s.lines[LINE_WRITTEN], ==, 10000);
	line_set_release(&s);
}

static void test_decode(void)
{
	static const struct {
		const char *code;
		size_t size;
		enum decode_kind kind;
	} cases[] = {
		{ "\xe8\x01\x02\x03\x04", 5, DECODE_CALL },
		{ "\x2e\xe8\x01\x02\x03\x04", 6, DECODE_CALL },
		{ "\x41\xff\xd3", 3, DECODE_CALL },
		{ "\xff\x15\x01\x02\x03\x04", 6, DECODE_CALL },
		{ "\xff\xe0", 2, DECODE_OTHER },	/* jmp *%rax */
		{ "\xff\x70\x08", 3, DECODE_OTHER },	/* push */
		{ "\xff", 1, DECODE_OTHER },
		{ "\xc3", 1, DECODE_RETURN },
		{ "\xf3\xc3", 2, DECODE_RETURN },
		{ "\xc2\x08\x00", 3, DECODE_RETURN },
		{ "\x48\xcf", 2, DECODE_IRET },
		{ "\x48\x89\xc3", 3, DECODE_OTHER },
		{ "\x66\x2e", 2, DECODE_OTHER },
		{ "", 0, DECODE_OTHER },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(decode_kind_of((const uint8_t *)cases[i].code, cases[i].size), ==, cases[i].kind);
}

static bool load(struct symbols *s, const char *text)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "test-profiler.map", NULL);
	bool ok;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	ok = symbols_load(s, path);
	g_unlink(path);
	return ok;
}

static const char *name_at(const struct symbols *s, uint64_t address)
{
	return symbols_name(s, symbols_find(s, address));
}

static void test_symbols(void)
{
	struct symbols s;

	g_assert_true(load(&s, "0000000000001000 A size\n"
			       "ffffffff81000000 T _stext\n"
			       "ffffffff81000000 T first\n"
			       "ffffffff81000010 t second.part.0\n"
			       "ffffffff81000020 W third\n"
			       "ffffffff82000000 D data\n"
			       "ffffffff82001000 B _end\n"));
	g_assert_cmpuint(s.count, ==, 3);
	g_assert_cmpstr(name_at(&s, 0x401000), ==, "[user]");
	g_assert_cmpstr(name_at(&s, 0xffffffff80000000), ==, "[other]");
	g_assert_cmpstr(name_at(&s, 0xffffffff81000000), ==, "_stext");
	g_assert_cmpstr(name_at(&s, 0xffffffff8100000f), ==, "_stext");
	g_assert_cmpstr(name_at(&s, 0xffffffff81000010), ==, "second.part.0");
	g_assert_cmpstr(name_at(&s, 0xffffffff81ffffff), ==, "third");
	g_assert_cmpstr(name_at(&s, 0xffffffffc0000000), ==, "[modules]");
	symbols_release(&s);

	g_assert_false(load(&s, ""));
	g_assert_false(load(&s, "hello\n"));
	g_assert_false(load(&s, "ffffffff82001000 B _end\n"));
	g_assert_false(load(&s, "ffffffff81000010 T b\nffffffff81000000 T a\nffffffff82001000 B _end\n"));
	g_assert_false(symbols_load(&s, "/nowhere"));

	g_assert_true(symbols_is("f", "f"));
	g_assert_true(symbols_is("f.part.0", "f"));
	g_assert_true(symbols_is("f.constprop.0.isra.0", "f"));
	g_assert_false(symbols_is("f.cold", "f"));
	g_assert_false(symbols_is("f.part.0.cold", "f"));
	g_assert_false(symbols_is("ff", "f"));
	g_assert_false(symbols_is("", "f"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/profiler/plain", test_plain);
	g_test_add_func("/profiler/nested", test_nested);
	g_test_add_func("/profiler/interrupt", test_interrupt);
	g_test_add_func("/profiler/preempted", test_preempted);
	g_test_add_func("/profiler/asleep", test_asleep);
	g_test_add_func("/profiler/tail-calls", test_tail_calls);
	g_test_add_func("/profiler/lost", test_lost);
	g_test_add_func("/profiler/many-stacks", test_many_stacks);
	g_test_add_func("/profiler/line-set", test_line_set);
	g_test_add_func("/profiler/decode", test_decode);
	g_test_add_func("/profiler/symbols", test_symbols);
	return g_test_run();
}
