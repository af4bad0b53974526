// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/serial.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"

static char *dir, *console; /* the file that it is written to */

static struct board *board_with(const char *command)
{
	g_autofree char *quoted = g_strescape(command, NULL);
	g_autofree char *text =
		g_strdup_printf("name: b\narch: arm64\nssh: {target: a}\n"
				"console: {command: \"%s\"}\nboot: {base_cmdline: root=/dev/a}\n",
				quoted);
	g_autoptr(GError) error = NULL;
	struct board *b = board_parse(text, "/b.yaml", &error);

	g_assert_no_error(error);
	return b;
}

/* With  in the file already. */
static struct serial *open_after(const char *before, const char *command)
{
	g_autoptr(board) b = board_with(command);
	g_autoptr(GError) error = NULL;
	struct serial *s;

	g_assert_true(g_file_set_contents(console, before, -1, NULL));
	s = serial_open(b, console, &error);
	g_assert_no_error(error);
	return s;
}

static struct serial *open_with(const char *command)
{
	return open_after("", command);
}

/* Polls until the file has @text in it; fails after 10 s. Returns what it has; caller frees. */
static char *wait_for(struct serial *s, const char *text)
{
	for (int i = 0; i < 200; i++) {
		g_autofree char *has = NULL;

		serial_poll(s);
		g_assert_true(g_file_get_contents(console, &has, NULL, NULL));
		if (strstr(has, text))
			return g_steal_pointer(&has);
		g_usleep(50000);
	}
	g_error("\"%s\" did not come", text);
}

static bool runs(pid_t pid)
{
	return kill(pid, 0) == 0;
}

static void test_none(void)
{
	g_autoptr(board) b = board_parse(
		"name: b\narch: arm64\nssh: {target: a}\nboot: {base_cmdline: root=/dev/a}\n", "/b.yaml", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(serial_open(b, console, &error));
	g_assert_no_error(error);
	serial_close(NULL);
}

static void test_no_file(void)
{
	g_autoptr(board) b = board_with("cat");
	g_autoptr(GError) error = NULL;

	g_assert_null(serial_open(b, "/proc/nowhere/console", &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
}

static void test_text(void)
{
	g_autoptr(serial) s = open_with("printf 'I am {name}\\r\\none\\0two\\377\\n'; exec sleep 60");
	g_autofree char *has = NULL;
	char *text;
	gsize length;

	has = wait_for(s, "I am b\r\n");
	g_assert_true(g_file_get_contents(console, &text, &length, NULL));
	g_assert_cmpuint(length, ==, strlen("I am b\r\none") + 1 + strlen("two\377\n"));
	g_free(text);
	g_assert_null(serial_panic(s));
	g_assert_cmpuint(serial_silence_s(s), <=, 2);
}

/* It goes on where it was, as each boot of a run has its own part of it. */
static void test_appends(void)
{
	g_autoptr(serial) s = open_after("before\n", "echo after; exec sleep 60");
	g_autofree char *has = wait_for(s, "after\n");

	g_assert_cmpstr(has, ==, "before\nafter\n");
}

static void test_panic(void)
{
	g_autoptr(serial) s =
		open_with("printf '[ 1.5] Kernel panic - not sync'; sleep 0.3; printf 'ing: \\033[1mVFS\\r\\n';"
			  "sleep 0.3; printf 'x\\n---[ end Kernel panic\\n'; exec sleep 60");
	g_autofree char *has = wait_for(s, "end Kernel panic");

	(void)has;
	g_assert_cmpstr(serial_panic(s), ==, "[ 1.5] Kernel panic - not syncing:  [1mVFS");
	serial_forget(s);
	g_assert_null(serial_panic(s));
}

/* The file has a limit, but for the last words. */
static void test_panic_at_the_end(void)
{
	g_autoptr(serial) s = open_with("yes | head -c 68000000; for i in 1 2 3; do "
					"echo Kernel panic - not syncing: $i; done; exec sleep 60");
	g_autofree char *has = NULL;

	while (!serial_panic(s) || !strstr(serial_panic(s), "3"))
		serial_poll(s);
	g_assert_true(g_file_get_contents(console, &has, NULL, NULL));
	g_assert_true(g_str_has_suffix(has, "no more of it is kept]\nKernel panic - not syncing: 1\n"));
}

/* Lines without an end, and a flood of bytes, take no memory and no time. */
static void test_flood(void)
{
	g_autoptr(serial) s =
		open_with("head -c 3000000 /dev/zero; echo; echo 'Kernel panic - not syncing: late';"
			      "exec sleep 60");

	for (int i = 0; i < 200 && !serial_panic(s); i++) {
		gint64 start = g_get_monotonic_time();

		serial_poll(s);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
		g_usleep(20000);
	}
	g_assert_cmpstr(serial_panic(s), ==, "Kernel panic - not syncing: late");
}

static void test_restart(void)
{
	g_autofree char *command =
		g_strdup_printf("echo x >>%s/starts; echo hello; echo connection lost >&2", dir);
	g_autoptr(serial) s = open_with(command);
	g_autofree char *first = wait_for(s, "connection lost");
	gint64 start = g_get_monotonic_time();
	g_autofree char *second = wait_for(s, "it is started again]\nhello\n");

	g_assert_nonnull(strstr(first, "hello\n\n[vmapbench: the console command ended: connection lost"));
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 4 * G_USEC_PER_SEC);
	(void)second;
}

/* Many commands end when their input does: it has to stay open. */
static void test_input_stays(void)
{
	g_autoptr(serial) s = open_with("cat; echo input ended");

	for (int i = 0; i < 20; i++) {
		g_autofree char *has = NULL;

		serial_poll(s);
		g_assert_true(g_file_get_contents(console, &has, NULL, NULL));
		g_assert_cmpstr(has, ==, "");
		g_usleep(20000);
	}
}

static void test_close(void)
{
	struct serial *s = open_with("trap '' TERM; sleep 60 & echo pids $$ $!; while :; do sleep 0.1; done");
	g_autofree char *has = wait_for(s, "pids ");
	gint64 start = g_get_monotonic_time();
	pid_t shell, child;

	has = (g_free(has), wait_for(s, "\n"));
	g_assert_cmpint(sscanf(strstr(has, "pids "), "pids %d %d", &shell, &child), ==, 2);
	g_assert_true(runs(shell) && runs(child));
	serial_close(s);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
	g_assert_false(runs(shell));
	for (int i = 0; i < 100 && runs(child); i++)
		g_usleep(20000); /* whoever adopted it has to reap it */
	g_assert_false(runs(child));
}

static void test_silence(void)
{
	g_autoptr(serial) s = open_with("echo x; exec sleep 60");
	g_autofree char *has = wait_for(s, "x");

	(void)has;
	g_usleep(2100000);
	serial_poll(s);
	g_assert_cmpuint(serial_silence_s(s), >=, 2);
}

/* As on the stand-in board: a socket that is there only while it has power. */
static void test_socat(void)
{
	g_autofree char *socat = g_find_program_in_path("socat");
	g_autofree char *path = g_build_filename(dir, "serial.sock", NULL);
	g_autofree char *client = g_strdup_printf("socat - UNIX:%s", path);
	g_autofree char *server = g_strdup_printf("UNIX-LISTEN:%s", path);
	const char *argv[] = { "socat", server, "SYSTEM:echo booting; sleep 60", NULL };
	g_autofree char *refused = NULL;
	g_autofree char *has = NULL;
	g_autoptr(serial) s = NULL;
	GPid pid;

	if (!socat) {
		g_test_skip("socat is not installed");
		return;
	}
	s = open_with(client);
	refused = wait_for(s, "the console command ended: ");
	g_assert_nonnull(strstr(refused, "No such file"));
	g_assert_true(g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
				    NULL, NULL, &pid, NULL));
	has = wait_for(s, "booting\n");
	kill(pid, SIGTERM);
	g_spawn_close_pid(pid);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(void);
	} tests[] = {
		{ "/board-serial/none", test_none },	   { "/board-serial/no-file", test_no_file },
		{ "/board-serial/text", test_text },	   { "/board-serial/appends", test_appends },
		{ "/board-serial/panic", test_panic },	   { "/board-serial/flood", test_flood },
		{ "/board-serial/restart", test_restart }, { "/board-serial/input-stays", test_input_stays },
		{ "/board-serial/close", test_close },	   { "/board-serial/silence", test_silence },
		{ "/board-serial/socat", test_socat },	   { "/board-serial/panic-at-the-end", test_panic_at_the_end },
	};
	int status;

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_func(tests[i].path, tests[i].test);
	dir = g_dir_make_tmp("test-serial-XXXXXX", NULL);
	console = g_build_filename(dir, "console", NULL);
	status = g_test_run();
	g_assert_true(path_remove_tree(dir, NULL));
	g_free(console);
	g_free(dir);
	return status;
}
