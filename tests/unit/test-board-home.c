// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/home.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "runners/board/hold.h"

/* Waiting for a board that answers by a script: in the place of ssh(1) stands a program that reads it. */

#define TOKEN "5f0c2f1e"
#define BOOT(N) "0000000" #N "-8a2f-4a6e-9d53-5b1f0c2a7e11"

/* Each question takes a word of "answers", each other command one of "commands"; the last one stays. */
static const char program[] =
	"#!/bin/sh\n"
	"cd \"$(dirname \"$0\")\" || exit 255\n"
	"case $* in *random/boot_id*) of=answers ;; *) of=commands ;; esac\n"
	"read -r word rest <$of\n"
	"[ -z \"$rest\" ] || echo \"$rest\" >$of\n"
	"case $word in\n"
	"done) exit 0 ;;\n"
	"yes|no) echo $word; exit 0 ;;\n"
	"end) echo a; echo end; exit 0 ;;\n"
	"failed) echo 'the disk says no' >&2; exit 1 ;;\n"
	"silent) echo 'ssh: connect to host x port 22: Connection refused' >&2; exit 255 ;;\n"
	"unknown) echo 'ssh: Could not resolve hostname x: Name or service not known' >&2; exit 255 ;;\n"
	"refused) echo 'root@x: Permission denied (publickey).' >&2; exit 255 ;;\n"
	"unaddressed) echo 'sudo: unable to resolve host x' >&2; exit 1 ;;\n"
	"locked) echo 'sudo: a password is required' >&2; exit 1 ;;\n"
	"esac\n"
	"IFS=: read -r id parameters build <<END\n"
	"$word\n"
	"END\n"
	"echo \"boot_id $id\"\n"
	"echo \"notes 040000000400000003000000474e5500$build\"\n"
	"echo 'release 7.3.4'\n"
	"echo 'version #1'\n"
	"echo \"cmdline ro $parameters\"\n"
	"echo 'free_bytes 1'; echo 'taint 0'; echo 'cpus 1'; echo 'memory_kib 1'\n";

#define GOOD_BUILD "600d600d"
#define OLD BOOT(1) ":quiet:" GOOD_BUILD " "
#define GOOD BOOT(2) ":quiet:" GOOD_BUILD " "
#define TEST BOOT(3) ":" FACTS_TOKEN TOKEN ":deadbeef "
#define OTHER BOOT(4) ":" FACTS_TOKEN "another:deadbeef "
#define FORCED BOOT(5) ":quiet:deadbeef "

static const struct {
	const char *name, *answers;
	enum home_answer answer;
} waits[] = {
	{ "the kernel under test", OLD "silent " TEST, HOME_TEST },
	{ "another attempt's", "silent " OTHER, HOME_ABROAD },
	{ "the good kernel", OLD "silent " GOOD, HOME_GOOD },
	{ "a kernel with parameters of its own", FORCED, HOME_UNKNOWN },
	{ "no reboot", OLD, HOME_SAME },
	{ "no reboot, with a gap", OLD "silent " OLD, HOME_SAME },
	{ "gone for good", OLD "silent ", HOME_SILENT },
	{ "of an unknown name while it is down", "unknown ", HOME_SILENT },
	{ "refused", "silent refused ", HOME_REFUSED },
	{ "no sudo", "locked ", HOME_REFUSED },
	{ "a sudo that complains of something else", "unaddressed ", HOME_SILENT },
	{ "refused for a moment", "refused refused " TEST, HOME_TEST },
};

static char *dir; /* of the program and its script */

static void write_file(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, 0700), ==, 0);
}

/* For so long that a script of three words is read to its end. */
#define LIMIT_S 2

static void test_wait(gconstpointer data)
{
	const size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(board) b = board_parse("name: b-1\narch: arm64\nssh: {target: x, sudo: true}\n"
					 "boot: {base_cmdline: root=/dev/a}\n",
					 "b.yaml", NULL);
	struct hold held = { .build_id = (char *)GOOD_BUILD };
	const struct runner_boot boot = { .hold = &held };
	struct attempt a = { .boot = &boot, .board = b, .token = (char *)TOKEN };
	g_auto(facts) f = { 0 };
	g_autofree char *why = NULL;

	g_assert_nonnull(b);
	write_file("answers", waits[i].answers);
	g_assert_cmpint(home_wait(&a, BOOT(1), LIMIT_S, &f, &why), ==, waits[i].answer);
}

static const struct {
	const char *name, *answers, *commands;
	bool touched, leaving, power;
	const char *good;		/* what was noted of the good system; NULL: nothing */
	enum board_event event;
	const char *why;
	enum evidence_answer answer;
} ways[] = {
	{ "at home", GOOD, "end", true, .event = EVENT_DONE },
	{ "a command that fails once", GOOD, "end failed end", true, .event = EVENT_DONE },
	{ "a connection that breaks", GOOD, "silent end", true, .event = EVENT_DONE },
	{ "a command that always fails", GOOD, "failed", true, .power = true, .event = EVENT_SILENT,
	  .why = "nothing can be done on it, and its power was not taken: board b-1: taking our entry out of GRUB failed" },
	{ "the kernel under test first", TEST GOOD, "end", true, .event = EVENT_DONE, .answer = ANSWER_LATE },
	{ "the kernel under test, once power was taken", "silent silent silent " TEST GOOD, "end", true, .power = true,
	  .event = EVENT_DONE, .answer = ANSWER_POWERED },
	{ "a kernel that is neither", FORCED GOOD, "end", true, .event = EVENT_DONE },
	{ "the boot that is going down", OLD "silent " GOOD, "end", true, .leaving = true, .event = EVENT_DONE },
	{ "the boot that should go down, and stays", OLD, "end", true, .leaving = true, .event = EVENT_DONE },
	{ "a key that is refused until power is taken", "refused refused refused refused " GOOD, "end", true,
	  .power = true, .event = EVENT_DONE },
	{ "a key that is refused, of a board that was not touched", "refused ", "end", false, .power = true,
	  .event = EVENT_SILENT, .why = "refuses our connection" },
	{ "as it was", GOOD, "end", true, .good = "a\nend\na\nend", .event = EVENT_DONE },
	{ "a description that is cut off", GOOD, "done", true, .event = EVENT_SILENT, .why = "has no end" },
	{ "a good kernel that was changed", GOOD, "end", true, .good = "file /boot/vmlinuz 1 2", .event = EVENT_WRONG,
	  .why = "not what it was before the run: \"file /boot/vmlinuz 1 2\", now \"a\"" },
	{ "nothing, without power control", "silent ", "end", true, .event = EVENT_SILENT,
	  .why = "does not answer, and its power cannot be switched from here" },
	{ "nothing, whatever is done", "silent ", "end", true, .power = true, .event = EVENT_SILENT,
	  .why = "its power was taken twice" },
};

static void test_way(gconstpointer data)
{
	const size_t i = GPOINTER_TO_SIZE(data);
	g_autofree char *text = g_strdup_printf(
		"name: b-1\narch: arm64\nssh: {target: x}\nboot: {base_cmdline: root=/dev/a}\n"
		"timeouts: {connect_s: 1, shutdown_s: 1, recover_s: 2}\n%s",
		ways[i].power ? "power: {cycle: 'true'}\n" : "");
	g_autoptr(board) b = board_parse(text, "b.yaml", NULL);
	struct hold held = { .build_id = (char *)GOOD_BUILD, .good = g_strdup(ways[i].good) };
	const struct runner_boot boot = { .console_path = "", .hold = &held };
	struct attempt a = { .boot = &boot, .board = b, .token = (char *)TOKEN, .good_boot_id = (char *)BOOT(1),
			     .machine.blame = BLAME_INFRA, .touched = ways[i].touched, .leaving = ways[i].leaving };
	g_autofree char *why = NULL;

	g_assert_nonnull(b);
	write_file("answers", ways[i].answers);
	write_file("commands", ways[i].commands);
	g_assert_cmpstr(state_event_name(home_recover(&a, &why)), ==, state_event_name(ways[i].event));
	g_assert_cmpint(a.evidence.answer, ==, ways[i].answer);
	g_free(held.good);
	if (ways[i].why && (!why || !strstr(why, ways[i].why)))
		g_error("\"%s\" does not say \"%s\"", why, ways[i].why);
}

static const struct {
	const char *name, *commands;
	bool before, watchdog, pending;
} findings[] = {
	/* The records of crashes, the watchdog, the loader. */
	{ "nothing", "done no no end", false, false, false },
	{ "a watchdog that bit", "done yes no end", false, true, false },
	{ "a watchdog that always says so", "done yes no end", true, false, false },
	{ "an entry that is still there", "done no yes end", false, false, true },
};

static void test_finding(gconstpointer data)
{
	const size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(board) b = board_parse("name: b-1\narch: arm64\nssh: {target: x}\n"
					 "boot: {base_cmdline: root=/dev/a}\n",
					 "b.yaml", NULL);
	struct hold held = { .watchdog = findings[i].before };
	const struct runner_boot boot = { .console_path = "", .hold = &held };
	struct attempt a = { .boot = &boot, .board = b, .machine.blame = BLAME_EVIDENCE };
	g_autofree char *why = NULL;

	write_file("commands", findings[i].commands);
	g_assert_cmpint(home_settle(&a, &why), ==, EVENT_DONE);
	g_assert_cmpint(a.evidence.watchdog, ==, findings[i].watchdog);
	g_assert_cmpint(a.evidence.pending, ==, findings[i].pending);
	g_free(held.good);
}

int main(int argc, char **argv)
{
	g_autofree char *path = NULL;
	int failed;

	g_test_init(&argc, &argv, NULL);
	dir = g_dir_make_tmp("board-home-XXXXXX", NULL);
	path = g_strconcat(dir, ":", g_getenv("PATH"), NULL);
	g_setenv("PATH", path, TRUE);
	write_file("ssh", program);
	for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
		g_autofree char *name = g_strdup_printf("/board-home/wait/%s", waits[i].name);

		g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_wait);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		g_autofree char *name = g_strdup_printf("/board-home/way/%s", ways[i].name);

		g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_way);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(findings); i++) {
		g_autofree char *name = g_strdup_printf("/board-home/finding/%s", findings[i].name);

		g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_finding);
	}
	failed = g_test_run();
	path_remove_tree(dir, NULL);
	g_free(dir);
	return failed;
}
