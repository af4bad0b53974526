// SPDX-License-Identifier: GPL-2.0-only
#include "base/exec.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"

static void test_output(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *out = NULL;

	/* Both outputs, also what has no newline at its end. */
	g_assert_true(exec_words(NULL, &out, &error, "sh", "-c", "echo one; echo two >&2; printf three", NULL));
	g_assert_no_error(error);
	g_assert_cmpstr(out, ==, "one\ntwo\nthree\n");
}

static void test_no_shell(void)
{
	g_autofree char *out = NULL;

	g_assert_true(exec_words(NULL, &out, NULL, "echo", "$HOME; *", "`id`", NULL));
	g_assert_cmpstr(out, ==, "$HOME; * `id`\n");
}

static void test_empty_input(void)
{
	g_autofree char *out = NULL;

	g_assert_true(exec_words(NULL, &out, NULL, "cat", NULL));
	g_assert_cmpstr(out, ==, "");
}

static void test_dir_and_env(void)
{
	static const char *const env[] = { "VMAPBENCH_TEST=a=b", "VMAPBENCH_EMPTY=", NULL };
	const struct exec_opts opts = { .dir = "/", .env = env };
	g_autofree char *out = NULL;

	g_assert_true(exec_words(&opts, &out, NULL, "sh", "-c",
				 "pwd; echo \"$VMAPBENCH_TEST,${VMAPBENCH_EMPTY-unset},${PATH:+path}\"", NULL));
	g_assert_cmpstr(out, ==, "/\na=b,,path\n");
}

static void collect(const char *line, void *data)
{
	g_string_append_printf(data, "<%s>", line);
}

static void test_lines_and_log(void)
{
	g_autofree char *dir = g_dir_make_tmp("test-exec-XXXXXX", NULL);
	g_autofree char *log_path = g_build_filename(dir, "a.log", NULL);
	g_autoptr(GString) lines = g_string_new(NULL);
	const struct exec_opts opts = { .log_path = log_path, .on_line = collect, .data = lines };
	g_autoptr(GError) error = NULL;
	g_autofree char *log = NULL;

	g_assert_true(g_file_set_contents(log_path, "what an earlier run left, which is longer\n", -1, NULL));
	g_assert_false(exec_words(&opts, NULL, &error, "sh", "-c", "echo a; echo b >&2; exit 7", NULL));
	g_assert_cmpstr(lines->str, ==, "<a><b>");
	g_assert_true(g_file_get_contents(log_path, &log, NULL, NULL));
	g_assert_cmpstr(log, ==, "a\nb\n");
	g_assert_nonnull(strstr(error->message, log_path));
	g_assert_true(path_remove_tree(dir, NULL));
}

static void test_log_cannot_be_written(void)
{
	const struct exec_opts opts = { .log_path = "/nonexistent/a.log" };
	g_autoptr(GError) error = NULL;

	g_assert_false(exec_words(&opts, NULL, &error, "true", NULL));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	g_assert_true(g_str_has_prefix(error->message, "/nonexistent/a.log: "));
}

/* The error ends with the last 12 lines, and no more. */
static void test_status(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *out = NULL;
	char *first;

	g_assert_false(exec_words(NULL, &out, &error, "sh", "-c", "seq -f 'line %g.' 20; exit 42", NULL));
	g_assert_null(out);
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_true(g_str_has_prefix(error->message,
				       "sh -c 'seq -f '\\''line %g.'\\'' 20; exit 42': ended with status 42"));
	first = strstr(error->message, "\n  | ");
	g_assert_nonnull(first);
	g_assert_true(g_str_has_prefix(first, "\n  | line 9.\n"));
	g_assert_true(g_str_has_suffix(first, "\n  | line 20."));
}

static void test_signal(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(exec_words(NULL, NULL, &error, "sh", "-c", "kill -SEGV $$", NULL));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "killed by signal 11 (Segmentation fault)"));
}

static void test_no_program(void)
{
	const struct exec_opts nowhere = { .dir = "/nonexistent" };
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) dir_error = NULL;

	g_assert_false(exec_words(NULL, NULL, &error, "no-such-program-here", NULL));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_true(g_str_has_prefix(error->message, "cannot start \"no-such-program-here\": "));
	g_assert_false(exec_words(&nowhere, NULL, &dir_error, "true", NULL));
	g_assert_error(dir_error, BENCH_ERROR, BENCH_ERROR_FAILED);
}

/* Words through exec_quote() and a shell come back as they were. */
static void test_quote(void)
{
	static const char *const plain[] = { "make", "-j2", "O=/a/b_c.d", "x,y:z+@%^", NULL };
	g_autofree char *as_is = exec_quote(plain);

	g_assert_cmpstr(as_is, ==, "make -j2 O=/a/b_c.d x,y:z+@%^");
	for (int round = 0; round < 200; round++) {
		g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
		g_autoptr(GString) expected = g_string_new(NULL);
		g_autofree char *quoted = NULL;
		g_autofree char *command = NULL;
		g_autofree char *out = NULL;

		for (int w = g_test_rand_int_range(1, 6); w > 0; w--) {
			int length = g_test_rand_int_range(0, 8);
			char *word = g_malloc0(length + 1);

			/* All of ASCII but NUL, so that each special character comes up often. */
			for (int i = 0; i < length; i++)
				word[i] = (char)g_test_rand_int_range(1, 128);
			g_ptr_array_add(words, word);
			g_string_append_printf(expected, "<%s>", word);
		}
		g_ptr_array_add(words, NULL);
		quoted = exec_quote((const char *const *)words->pdata);
		command = g_strdup_printf("printf '<%%s>' %s", quoted);
		g_assert_true(exec_words(NULL, &out, NULL, "sh", "-c", command, NULL));
		g_assert_cmpint(strncmp(out, expected->str, expected->len), ==, 0);
		g_assert_cmpstr(out + expected->len, ==, "\n");
	}
}

static bool is_gone(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
	g_autofree char *text = NULL;

	/* A zombie that nobody has waited for yet has died. */
	return !g_file_get_contents(path, &text, NULL, NULL) || strstr(text, ") Z ");
}

/* A program that is killed takes with it what it started. */
static void test_dies_with_parent(void)
{
	g_autofree char *dir = g_dir_make_tmp("test-exec-XXXXXX", NULL);
	g_autofree char *pid_path = g_build_filename(dir, "pid", NULL);
	g_autofree char *script =
		g_strdup_printf("echo $$ >%s.new; mv %s.new %s; exec sleep 60", pid_path, pid_path, pid_path);
	g_autofree char *text = NULL;
	pid_t child, parent = fork();

	if (parent == 0) {
		exec_words(NULL, NULL, NULL, "sh", "-c", script, NULL);
		_exit(1);
	}
	for (int i = 0; i < 1000 && !g_file_get_contents(pid_path, &text, NULL, NULL); i++)
		g_usleep(10000);
	g_assert_nonnull(text);
	child = atoi(text);
	g_assert_cmpint(child, >, 1);
	g_assert_false(is_gone(child));
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	for (int i = 0; i < 500 && !is_gone(child); i++)
		g_usleep(10000);
	g_assert_true(is_gone(child));
	g_assert_true(path_remove_tree(dir, NULL));
}

static void on_signal(int number)
{
	(void)number;
}

static pid_t start_sleeper(guint sleep_ms)
{
	pid_t pid = fork();

	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		g_usleep(sleep_ms * 1000);
		_exit(7);
	}
	return pid;
}

/* Handlers run while it waits, as that of Ctrl-Z does. */
static void test_reap(void)
{
	const struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	const struct itimerval often = { .it_interval = { .tv_usec = 20000 }, .it_value = { .tv_usec = 20000 } };
	const struct itimerval never = { 0 };
	pid_t pid = start_sleeper(1500);
	int status = -1;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	g_assert_false(exec_reap(pid, 100, &status));
	g_assert_true(exec_reap(pid, 30000, &status));
	setitimer(ITIMER_REAL, &never, NULL);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 7);
	g_assert_cmpint(waitpid(pid, NULL, WNOHANG), ==, -1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	/* First, as it forks: GLib's thread for children must not run yet. */
	g_test_add_func("/exec/dies-with-parent", test_dies_with_parent);
	g_test_add_func("/exec/reap", test_reap);
	g_test_add_func("/exec/output", test_output);
	g_test_add_func("/exec/no-shell", test_no_shell);
	g_test_add_func("/exec/empty-input", test_empty_input);
	g_test_add_func("/exec/dir-and-env", test_dir_and_env);
	g_test_add_func("/exec/lines-and-log", test_lines_and_log);
	g_test_add_func("/exec/log-cannot-be-written", test_log_cannot_be_written);
	g_test_add_func("/exec/status", test_status);
	g_test_add_func("/exec/signal", test_signal);
	g_test_add_func("/exec/no-program", test_no_program);
	g_test_add_func("/exec/quote", test_quote);
	return g_test_run();
}
