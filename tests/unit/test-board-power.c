// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/power.h"

#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "runners/board/command.h"

static char *dir; /* of the files that commands write */

/* A board of which @power stands below power:, with %s in it the folder. */
static struct board *board_with(const char *power)
{
	g_auto(GStrv) parts = g_strsplit(power, "%s", -1);
	g_autofree char *keys = g_strjoinv(dir, parts);
	g_autofree char *text = g_strdup_printf("name: b-1\narch: arm64\nssh: {target: a}\npower:\n%s\n"
						"boot: {base_cmdline: root=/dev/a}\n",
						keys);
	g_autofree char *path = g_build_filename(dir, "b.yaml", NULL);
	g_autoptr(GError) error = NULL;
	struct board *b = board_parse(text, path, &error);

	g_assert_no_error(error);
	return b;
}

static char *contents_of(const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

static void assert_written(const char *name, const char *expected)
{
	g_autofree char *text = contents_of(name);

	g_assert_cmpstr(text, ==, expected);
}

static void test_expand(void)
{
	g_autoptr(board) b = board_with("  manual: true");
	static const struct {
		const char *text, *expanded;
	} cases[] = {
		{ "pdu {name} on", "pdu b-1 on" },
		{ "{name}{name}", "b-1b-1" },
		{ "echo ${name} {names} {a,b}", "echo ${name} {names} {a,b}" },
		{ "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *expanded = command_expand(b, cases[i].text);

		g_assert_cmpstr(expanded, ==, cases[i].expanded);
	}
}

static void test_cycle(void)
{
	g_autoptr(board) b = board_with("  cycle: 'echo cycled {name} >cycle; exit 0'");
	g_autoptr(GError) error = NULL;

	g_assert_true(power_can_cycle(b));
	g_assert_true(power_cycle(b, &error));
	g_assert_no_error(error);
	assert_written("cycle", "cycled b-1\n");
	g_assert_cmpint(power_status(b, &error), ==, POWER_UNKNOWN);
	g_assert_no_error(error);
}

static void test_cycle_fails(void)
{
	g_autoptr(board) b = board_with("  cycle: 'echo no such outlet >&2; exit 3'");
	g_autoptr(board) killed = board_with("  cycle: 'kill -9 $$'");
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) signal = NULL;

	g_assert_false(power_cycle(b, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	g_assert_cmpstr(error->message, ==,
			"board b-1: power.cycle (`echo no such outlet >&2; exit 3`) ended with status 3: no "
			"such outlet");
	g_assert_false(power_cycle(killed, &signal));
	g_assert_nonnull(strstr(signal->message, "was killed by signal 9"));
}

static void test_off_and_on(void)
{
	g_autoptr(board) b =
		board_with("  off: echo off >>%s/both\n  on: echo on >>%s/both\n  off_settle_s: 1");
	g_autoptr(GError) error = NULL;
	gint64 start = g_get_monotonic_time();

	g_assert_true(power_can_cycle(b));
	g_assert_true(power_cycle(b, &error));
	g_assert_no_error(error);
	assert_written("both", "off\non\n");
	g_assert_cmpint(g_get_monotonic_time() - start, >=, G_USEC_PER_SEC);
}

static void test_off_fails(void)
{
	g_autoptr(board) b = board_with("  off: 'false'\n  on: echo on >>%s/restored\n  off_settle_s: 0");
	g_autoptr(GError) error = NULL;

	g_assert_false(power_cycle(b, &error));
	g_assert_nonnull(strstr(error->message, "power.off (`false`) ended with status 1"));
	assert_written("restored", "on\n");
}

static void test_status(void)
{
	static const struct {
		const char *says;
		enum power_state state;
	} cases[] = {
		{ "echo on", POWER_ON },
		{ "echo Chassis Power is off", POWER_OFF },
		{ "echo ON", POWER_ON },
		{ "echo one office", POWER_UNKNOWN },
		{ "echo on or off", POWER_UNKNOWN },
		{ "printf '\\377on\\n'", POWER_ON },
		{ "echo on >&2", POWER_UNKNOWN },
		{ "'true'", POWER_UNKNOWN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *keys = g_strdup_printf("  status: %s", cases[i].says);
		g_autoptr(board) b = board_with(keys);
		g_autoptr(GError) error = NULL;

		g_test_message("%s", cases[i].says);
		g_assert_cmpint(power_status(b, &error), ==, cases[i].state);
		g_assert_no_error(error);
	}
}

static void test_status_fails(void)
{
	g_autoptr(board) b = board_with("  status: echo on; exit 1");
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(power_status(b, &error), ==, POWER_UNKNOWN);
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
}

static void test_limit(void)
{
	g_autoptr(board) b = board_with("  manual: true");
	g_autofree char *text = g_strdup_printf("(sleep 2; echo late >%s/late) & sleep 30", dir);
	g_autoptr(GError) error = NULL;
	gint64 start = g_get_monotonic_time();

	g_assert_false(command_run(b, "power.cycle", text, 200, NULL, &error));
	g_assert_nonnull(strstr(error->message, "did not end within 0.2 s and was killed"));
	g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_USEC_PER_SEC);
	g_usleep(5 * G_USEC_PER_SEC / 2);
	assert_written("late", ""); /* its children were killed with it */
}

static void test_none(void)
{
	g_autoptr(board) b = board_with("  status: echo on");
	g_autoptr(GError) error = NULL;

	g_assert_false(power_can_cycle(b));
	g_assert_false(power_cycle(b, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	g_assert_nonnull(strstr(error->message, "give the board file power.cycle"));
}

/* In a process without a terminal: 0 when power_cycle() fails as it should. */
static int cycle_alone(const struct board *b)
{
	g_autoptr(GError) error = NULL;

	setsid();
	return power_cycle(b, &error) || !strstr(error->message, "there is none");
}

static void test_nobody(void)
{
	g_autoptr(board) b = board_with("  manual: true");
	int status = -1;
	pid_t pid = fork();

	g_assert_true(power_can_cycle(b));
	if (pid == 0)
		_exit(cycle_alone(b));
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
}

/* What comes out of @fd until "Enter: ". */
static char *read_question(int fd)
{
	GString *text = g_string_new(NULL);
	char c;

	while (!g_str_has_suffix(text->str, "Enter: ") && read(fd, &c, 1) == 1)
		g_string_append_c(text, c);
	return g_string_free(text, FALSE);
}

static void test_human(void)
{
	g_autoptr(board) b = board_with("  manual: true");
	g_autofree char *question = NULL;
	int status = -1, fd = -1;
	pid_t pid;

	pid = forkpty(&fd, NULL, NULL, NULL);
	if (pid == 0)
		_exit(!power_cycle(b, NULL));
	question = read_question(fd);
	g_assert_cmpstr(question, ==,
			"board b-1: take its power away, wait 5 s, give it back, then press Enter: ");
	g_assert_cmpint(write(fd, "\n", 1), ==, 1);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
	close(fd);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	dir = g_dir_make_tmp("test-power-XXXXXX", NULL);
	g_test_add_func("/board-power/expand", test_expand);
	g_test_add_func("/board-power/cycle", test_cycle);
	g_test_add_func("/board-power/cycle-fails", test_cycle_fails);
	g_test_add_func("/board-power/off-and-on", test_off_and_on);
	g_test_add_func("/board-power/off-fails", test_off_fails);
	g_test_add_func("/board-power/status", test_status);
	g_test_add_func("/board-power/status-fails", test_status_fails);
	g_test_add_func("/board-power/limit", test_limit);
	g_test_add_func("/board-power/none", test_none);
	g_test_add_func("/board-power/nobody", test_nobody);
	g_test_add_func("/board-power/human", test_human);
	status = g_test_run();
	g_assert_true(path_remove_tree(dir, NULL));
	g_free(dir);
	return status;
}
