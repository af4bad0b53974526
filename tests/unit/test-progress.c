// SPDX-License-Identifier: GPL-2.0-only
#include "base/progress.h"

#include <fcntl.h>
#include <math.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exec.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/msg.h"
#include "base/screen.h"
#include "emulator.h"

#define COLUMNS 60
#define MUCH 300000

/* A child process that draws on a terminal, or into a pipe, of ours. */
struct child {
	pid_t pid;
	int fd;
	GString *text;		/* all that it wrote */
	int status;
};

static void begin_child(void (*draw)(void))
{
	/* A shell starts what runs in its background with some of them ignored. */
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
		signal(signals[i], SIG_DFL);
	g_setenv("TERM", "xterm", TRUE);
	g_unsetenv("NO_COLOR");
	g_unsetenv("COLUMNS");
	draw();
	_exit(0);
}

static struct child on_terminal(void (*draw)(void))
{
	const struct winsize size = { .ws_col = COLUMNS, .ws_row = 24 };
	struct child c = { .text = g_string_new(NULL) };

	c.pid = forkpty(&c.fd, NULL, NULL, &size);
	g_assert_cmpint(c.pid, >=, 0);
	if (c.pid == 0)
		begin_child(draw);
	return c;
}

static struct child in_pipe(void (*draw)(void))
{
	struct child c = { .text = g_string_new(NULL) };
	int fds[2];

	g_assert_cmpint(pipe(fds), ==, 0);
	c.pid = fork();
	if (c.pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		begin_child(draw);
	}
	close(fds[1]);
	c.fd = fds[0];
	return c;
}

/* Reads on until @word was written, or, when it is NULL, to the end. */
static void read_until(struct child *c, const char *word)
{
	char buffer[4096];
	ssize_t got;

	while (!(word && strstr(c->text->str, word))) {
		got = read(c->fd, buffer, sizeof(buffer));
		/* A terminal whose other side is closed gives EIO rather than an end. */
		if (got <= 0)
			break;
		g_string_append_len(c->text, buffer, got);
	}
	g_assert_true(!word || strstr(c->text->str, word));
}

static void end_child(struct child *c)
{
	read_until(c, NULL);
	g_assert_cmpint(waitpid(c->pid, &c->status, 0), ==, c->pid);
	close(c->fd);
}

/* All that it wrote; caller frees. */
static char *written(struct child c)
{
	end_child(&c);
	g_assert_cmpint(c.status, ==, 0);
	return g_string_free(c.text, FALSE);
}

/* What a person sees in the end of @text on @columns, on which nothing was ever too wide. Caller frees. */
static char *seen(const char *text, guint columns)
{
	g_autofree struct emulator *e = g_new(struct emulator, 1);

	emulator_init(e, columns);
	emulator_feed(e, text);
	g_assert_cmpuint(e->wraps, ==, 0);
	return emulator_text(e);
}

static void assert_matches(const char *text, const char *pattern)
{
	if (!g_regex_match_simple(pattern, text, G_REGEX_DOLLAR_ENDONLY, 0))
		g_error("\"%s\" is not like %s", text, pattern);
}

static void draw_short(void)
{
	struct progress *p = progress_new("sweep", 10);

	for (int i = 0; i < 10; i++)
		progress_update(p, i, "block 0");
	progress_finish(p, "nothing missing");
}

static void step(struct progress *p, guint done)
{
	progress_step(p, &(struct status){
		.done = done, .total = 4, .unit = "boot", .part = "block", .part_index = done / 2, .parts = 2,
		.words = { { "arm", "mt" }, { "cell", "full_fit_alloc_test/4" }, { "boot", "b000-g00-mt" } },
		.failed = { { "infra", done > 1 } }, .expected_s = 3, .left_s = 3 * (4 - done),
	});
}

static void draw_sweep(void)
{
	struct progress *p = progress_new("sweep", 0);

	for (guint done = 0; done < 4; done++) {
		step(p, done);
		g_usleep(250 * 1000);
		if (done == 1)
			progress_warn(p, "b000-g00-mt: it went wrong");
	}
	msg_info("a line between");
	progress_finish(p, "4 boots");
	msg_err("in the end");
}

static void draw_long(void)
{
	struct progress *p = progress_new("sweep", 0);

	step(p, 2);
	for (;;)
		pause();
}

static void draw_long_in_order(void)
{
	struct progress *p = progress_new("sweep", 0);

	interrupt_catch();
	step(p, 2);
	while (!interrupt_pending())
		g_usleep(10 * 1000);
	msg_warn("the first");
	for (;;)
		g_usleep(1000 * 1000);
	progress_free(p);
}

static void draw_nested(void)
{
	struct progress *outer = progress_new("outer", 0), *inner;

	progress_update(outer, 1, "o");
	inner = progress_new("inner", 0);
	progress_update(outer, 2, "hidden");
	progress_update(inner, 1, "i");
	progress_finish(inner, NULL);
	progress_free(outer);
	progress_free(NULL);
}

static void draw_question(void)
{
	struct progress *p = progress_new("board", 0);

	progress_update(p, 0, "waits");
	screen_hold(true);
	fputs("well? ", stderr);
	g_usleep(1200 * 1000);
	fputs("yes\n", stderr);
	screen_hold(false);
	progress_free(p);
}

static void draw_in_background(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		draw_sweep();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* The terminal is there, and not that of our session. */
static void draw_in_other_session(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		draw_sweep();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void draw_child(void)
{
	struct progress *p = progress_new("sweep", 0);
	g_autofree char *out = NULL;

	if (exec_words(NULL, &out, NULL, "grep", "^SigBlk:", "/proc/self/status", NULL))
		screen_print(out);
	progress_free(p);
}

/* More than a pipe holds. */
static void draw_much(void)
{
	g_autofree char *line = g_strnfill(MUCH, 'x');

	fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
	line[MUCH - 1] = '\n';
	screen_print(line);
}

static void draw_dumb(void)
{
	g_setenv("TERM", "dumb", TRUE);
	draw_sweep();
}

static void draw_without_colour(void)
{
	g_setenv("NO_COLOR", "1", TRUE);
	draw_sweep();
}

static void draw_in_30_columns(void)
{
	g_setenv("COLUMNS", "30", TRUE);
	draw_sweep();
}

static void draw_json(void)
{
	msg_set(false, true);
	draw_sweep();
}

static void draw_quiet(void)
{
	msg_set(true, false);
	draw_sweep();
}

/* Elsewhere than on a terminal: no control characters, and few lines. */
static void test_plain(void)
{
	g_autofree char *fast = written(in_pipe(draw_short));
	g_autofree char *sweep = written(in_pipe(draw_sweep));

	assert_matches(fast, "^sweep: started\nsweep: done in \\d+ ms, nothing missing\n$");
	assert_matches(sweep, "^sweep: started\n"
			      "vmapbench: warning: sweep: b000-g00-mt: it went wrong\n"
			      "vmapbench: a line between\n"
			      "sweep: done in \\d+ s, 4 boots\n"
			      "vmapbench: error: in the end\n$");
}

/* What stays on the screen is what a pipe would have got; in between there were the lines. */
static void test_terminal(void)
{
	g_autofree char *text = written(on_terminal(draw_sweep));
	g_autofree char *screen = seen(text, COLUMNS);
	const char *warning = strstr(text, "it went wrong\r\n");
	g_autofree char *before = g_strndup(text, warning - text), *then = seen(before, COLUMNS);

	assert_matches(screen, "^vmapbench: warning: sweep: b000-g00-mt: it went wrong\n"
			       "vmapbench: a line between\n"
			       "sweep: done in \\d+ s, 4 boots\n"
			       "vmapbench: error: in the end\n$");
	g_assert_nonnull(strstr(text, "sweep  1/4 boots  25 %  block 1 of 2  left 9 s\033[K\r\n"
				      "mt  full_fit_alloc_test/4  b000-g00-mt\033[J\033[1A\r"));
	g_assert_nonnull(strstr(text, "failed so far: 1 infra\033[J\033[2A\r"));
	/* The warning was not drawn upon a line of the status. */
	g_assert_cmpstr(then, ==, "vmapbench: warning: sweep: b000-g00-mt:\n");
}

static void test_colour(void)
{
	g_autofree char *with = written(on_terminal(draw_sweep));
	g_autofree char *without = written(on_terminal(draw_without_colour));
	g_autofree struct emulator *e = g_new(struct emulator, 1);

	g_assert_nonnull(strstr(with, "vmapbench: \033[33mwarning:\033[0m sweep"));
	g_assert_nonnull(strstr(with, "vmapbench: \033[31merror:\033[0m in"));
	emulator_init(e, COLUMNS);
	emulator_feed(e, without);
	g_assert_cmpuint(e->colours, ==, 0);
	g_assert_nonnull(strstr(without, "sweep  1/4 boots"));
}

static void test_dumb(void)
{
	g_autofree char *text = written(on_terminal(draw_dumb));

	g_assert_null(strchr(text, '\033'));
	assert_matches(text, "^sweep: started\r\n"
			     "vmapbench: warning: sweep: b000-g00-mt: it went wrong\r\n"
			     "vmapbench: a line between\r\n"
			     "sweep: done in \\d+ s, 4 boots\r\n"
			     "vmapbench: error: in the end\r\n$");
}

/* In the background the prompt of somebody else stands there. */
static void test_background(void)
{
	g_autofree char *text = written(on_terminal(draw_in_background));

	g_assert_null(strstr(text, "1/4"));
	g_assert_nonnull(strstr(text, "it went wrong\r\n"));
}

/* Nobody could tell whose lines these are: there are plain ones. */
static void test_other_session(void)
{
	g_autofree char *text = written(on_terminal(draw_in_other_session));
	g_autofree char *screen = seen(text, COLUMNS);

	g_assert_null(strstr(text, "1/4"));
	assert_matches(screen, "^sweep: started\n"
			       "vmapbench: warning: sweep: b000-g00-mt: it went wrong\n"
			       "vmapbench: a line between\n"
			       "sweep: done in \\d+ s, 4 boots\n"
			       "vmapbench: error: in the end\n$");
}

static void test_columns(void)
{
	g_autofree char *text = written(on_terminal(draw_in_30_columns));

	g_assert_nonnull(strstr(text, "sweep  1/4 boots  left 9 s\033[K\r\nmt  full_fit_alloc_test/4\033[J"));
}

/* The window is made narrower while nothing happens: the lines follow, and fit. */
static void test_resize(void)
{
	const struct winsize size = { .ws_col = 24, .ws_row = 2 };
	struct child c = on_terminal(draw_long);
	g_autofree char *screen = NULL;

	read_until(&c, "infra\033[J\033[2A\r");
	g_string_truncate(c.text, 0);
	g_assert_cmpint(ioctl(c.fd, TIOCSWINSZ, &size), ==, 0);
	read_until(&c, " s\033[J\r");
	screen = seen(c.text->str, 23);
	assert_matches(screen, "^2/4 boots  left \\d s\n$");
	kill(c.pid, SIGTERM);
	end_child(&c);
	g_string_free(c.text, TRUE);
}

/* The window of somebody whose log this is. */
static void test_resize_beside(void)
{
	struct child c = in_pipe(draw_long);

	read_until(&c, "started\n");
	for (int i = 0; i < 20; i++) {
		g_usleep(20 * 1000);
		kill(c.pid, SIGWINCH);
	}
	kill(c.pid, SIGTERM);
	end_child(&c);
	g_assert_cmpstr(c.text->str, ==, "sweep: started\n");
	g_string_free(c.text, TRUE);
}

/* The thread that waits for it has blocked it; what it starts has not. */
static void test_resize_of_child(void)
{
	g_autofree char *text = written(in_pipe(draw_child));
	const char *mask = strstr(text, "SigBlk:");

	g_assert_nonnull(mask);
	g_assert_cmphex(g_ascii_strtoull(mask + strlen("SigBlk:\t"), NULL, 16) >> (SIGWINCH - 1) & 1, ==, 0);
}

/* Standard error does not block, and its reader is slow: it gets all the same. */
static void test_slow_reader(void)
{
	struct child c = in_pipe(draw_much);

	g_usleep(300 * 1000);
	end_child(&c);
	g_assert_cmpint(c.status, ==, 0);
	g_assert_cmpuint(c.text->len, ==, MUCH);
	g_string_free(c.text, TRUE);
}

/* Whatever ends it, or stops it, the line is clean behind it, and it ends by what it was told to end by. */
static void test_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
		struct child c = on_terminal(draw_long);
		g_autofree char *screen = NULL;

		read_until(&c, "infra\033[J\033[2A\r");
		kill(c.pid, signals[i]);
		end_child(&c);
		g_assert_true(WIFSIGNALED(c.status));
		g_assert_cmpint(WTERMSIG(c.status), ==, signals[i]);
		screen = seen(c.text->str, COLUMNS);
		g_assert_cmpstr(screen, ==, "\n");
		g_string_free(c.text, TRUE);
	}
}

static void test_stop(void)
{
	struct child c = on_terminal(draw_long);
	g_autofree char *screen = NULL;

	read_until(&c, "infra\033[J\033[2A\r");
	kill(c.pid, SIGTSTP);
	/* An orphaned group cannot be stopped so; what matters is the clean line, and that it goes on. */
	read_until(&c, "\r\033[J");
	screen = seen(c.text->str, COLUMNS);
	g_assert_cmpstr(screen, ==, "\n");
	kill(c.pid, SIGCONT);
	g_string_truncate(c.text, 0);
	read_until(&c, "infra\033[J\033[2A\r");
	kill(c.pid, SIGTSTP);
	read_until(&c, "\r\033[J");
	kill(c.pid, SIGKILL);
	end_child(&c);
	g_string_free(c.text, TRUE);
}

/* Ctrl-C is echoed where the cursor is; a second one does not wait for an end in order. */
static void test_interrupts(void)
{
	struct child c = on_terminal(draw_long_in_order);
	g_autofree char *screen = NULL;

	read_until(&c, "infra\033[J\033[2A\r");
	g_assert_cmpint(write(c.fd, "\003", 1), ==, 1);
	read_until(&c, "the first\r\n");
	read_until(&c, "infra\033[J\033[2A\r");
	g_assert_cmpint(write(c.fd, "\003", 1), ==, 1);
	end_child(&c);
	g_assert_true(WIFEXITED(c.status));
	g_assert_cmpint(WEXITSTATUS(c.status), ==, 128 + SIGINT);
	screen = seen(c.text->str, COLUMNS);
	g_assert_cmpstr(screen, ==, "vmapbench: warning: the first\n");
	g_string_free(c.text, TRUE);
}

static void test_nested(void)
{
	g_autofree char *text = written(on_terminal(draw_nested));
	g_autofree char *screen = seen(text, COLUMNS);

	g_assert_nonnull(strstr(text, "outer  1  o"));
	g_assert_nonnull(strstr(text, "inner  1  i"));
	g_assert_null(strstr(text, "hidden"));
	assert_matches(screen, "^inner: done in \\d+ ms\n$");
}

static void test_question(void)
{
	g_autofree char *text = written(on_terminal(draw_question));
	g_autofree char *screen = seen(text, COLUMNS);

	g_assert_nonnull(strstr(text, "board  waits"));
	g_assert_nonnull(strstr(text, "\r\033[Jwell? yes\r\n"));
	g_assert_cmpstr(screen, ==, "well? yes\n");
}

static void test_json(void)
{
	g_autofree char *text = written(in_pipe(draw_json));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	static const char *const kinds[] = { "progress start", "message warning", "message info",
					     "progress end", "message error" };
	guint seen_kinds = 0;

	for (char **line = lines; *line && **line; line++) {
		g_autojson json = json_loads(*line, 0, NULL);
		const char *event = json_text(json, "event"), *level = json_text(json, "level");
		g_autofree char *kind = g_strdup_printf("%s %s", json_text(json, "t"), event ? event : level);

		g_assert_cmpint(json_count(json, "v", 0), ==, 1);
		if (!strcmp(kind, "progress step"))
			continue;
		g_assert_cmpuint(seen_kinds, <, G_N_ELEMENTS(kinds));
		g_assert_cmpstr(kind, ==, kinds[seen_kinds++]);
	}
	g_assert_cmpuint(seen_kinds, ==, G_N_ELEMENTS(kinds));
}

static void test_quiet(void)
{
	g_autofree char *text = written(in_pipe(draw_quiet));
	g_autofree char *terminal = written(on_terminal(draw_quiet));
	g_autofree char *screen = seen(terminal, COLUMNS);

	g_assert_cmpstr(text, ==,
			"vmapbench: warning: sweep: b000-g00-mt: it went wrong\n"
			"vmapbench: error: in the end\n");
	g_assert_cmpstr(screen, ==, text);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	alarm(120);
	g_test_add_func("/progress/plain", test_plain);
	g_test_add_func("/progress/terminal", test_terminal);
	g_test_add_func("/progress/colour", test_colour);
	g_test_add_func("/progress/dumb", test_dumb);
	g_test_add_func("/progress/background", test_background);
	g_test_add_func("/progress/other-session", test_other_session);
	g_test_add_func("/progress/columns", test_columns);
	g_test_add_func("/progress/resize", test_resize);
	g_test_add_func("/progress/resize-beside", test_resize_beside);
	g_test_add_func("/progress/resize-of-child", test_resize_of_child);
	g_test_add_func("/progress/slow-reader", test_slow_reader);
	g_test_add_func("/progress/signals", test_signals);
	g_test_add_func("/progress/stop", test_stop);
	g_test_add_func("/progress/interrupts", test_interrupts);
	g_test_add_func("/progress/nested", test_nested);
	g_test_add_func("/progress/question", test_question);
	g_test_add_func("/progress/json", test_json);
	g_test_add_func("/progress/quiet", test_quiet);
	return g_test_run();
}
