// SPDX-License-Identifier: GPL-2.0-only
#include "base/progress.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Standard error of a child process that draws: a pipe, or a terminal. */
static char *drawn(void (*draw)(void), bool terminal)
{
	int fds[2];
	GString *text = g_string_new(NULL);
	char buffer[4096];
	ssize_t got;
	pid_t pid;

	if (terminal) {
		fds[0] = posix_openpt(O_RDWR | O_NOCTTY);
		g_assert_cmpint(fds[0], >=, 0);
		g_assert_cmpint(grantpt(fds[0]), ==, 0);
		g_assert_cmpint(unlockpt(fds[0]), ==, 0);
		fds[1] = open(ptsname(fds[0]), O_RDWR | O_NOCTTY);
		g_assert_cmpint(fds[1], >=, 0);
	} else {
		g_assert_cmpint(pipe(fds), ==, 0);
	}
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		draw();
		_exit(0);
	}
	close(fds[1]);
	/* A terminal whose other side is closed gives EIO rather than an end. */
	while ((got = read(fds[0], buffer, sizeof(buffer))) > 0)
		g_string_append_len(text, buffer, got);
	waitpid(pid, NULL, 0);
	close(fds[0]);
	return g_string_free(text, FALSE);
}

static void draw_short(void)
{
	struct progress *p = progress_new("sweep", 10);

	for (int i = 0; i < 10; i++)
		progress_update(p, i, "block 0");
	progress_finish(p, "nothing missing");
}

static void draw_slow(void)
{
	struct progress *p = progress_new("sweep", 4);

	for (int i = 0; i < 4; i++) {
		g_usleep(250 * 1000);
		progress_update(
			p, i + 1,
			i == 2 ? "a detail that is longer than the eighty columns of a terminal would ever hold"
			       : "short");
	}
	progress_finish(p, NULL);
}

static void draw_unknown_total(void)
{
	struct progress *p = progress_new("make", 0);

	g_usleep(250 * 1000);
	progress_update(p, 17, "CC mm/vmalloc.o");
	progress_clear_line();
	fprintf(stderr, "a warning\n");
	progress_free(p);
	progress_free(NULL);
}

/* Elsewhere than on a terminal: no carriage returns, and few lines. */
static void test_plain(void)
{
	g_autofree char *text = drawn(draw_short, false);

	g_assert_cmpint(strncmp(text, "sweep: started\nsweep: done in ", 30), ==, 0);
	g_assert_true(g_str_has_suffix(text, " ms, nothing missing\n"));
	g_assert_null(strchr(text, '\r'));
}

static void test_terminal(void)
{
	g_autofree char *text = drawn(draw_slow, true);
	g_auto(GStrv) states = g_strsplit(text, "\r", -1);
	bool seen_half = false;

	for (char **state = states; *state; state++) {
		g_assert_cmpuint(strlen(*state), <=, 79);
		seen_half |= g_str_has_prefix(*state, "sweep  2/4  50 %  left ");
	}
	g_assert_true(seen_half);
	g_assert_nonnull(strstr(text, "\rsweep: done in 1 s\r\n"));
}

static void test_unknown_total(void)
{
	g_autofree char *text = drawn(draw_unknown_total, true);
	const char *warning = strstr(text, "\ra warning\r\n");

	g_assert_nonnull(strstr(text, "\rmake  17  CC mm/vmalloc.o"));
	g_assert_null(strchr(text, '%'));
	/* The half-drawn line was wiped before, and nothing is drawn after it. */
	g_assert_nonnull(warning);
	g_assert_cmpstr(warning + strlen("\ra warning\r\n"), ==, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/progress/plain", test_plain);
	g_test_add_func("/progress/terminal", test_terminal);
	g_test_add_func("/progress/unknown-total", test_unknown_total);
	return g_test_run();
}
