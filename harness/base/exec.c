// SPDX-License-Identifier: GPL-2.0-only
#include "exec.h"

#include <errno.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"

#define TAIL_LINES 12

/* What is kept of a running child's output. */
struct capture {
	const struct exec_opts *opts;
	FILE *log;		/* or NULL */
	GString *all;		/* or NULL */
	GQueue tail;		/* the last lines, for the error */
};

void exec_set_up_child(gpointer parent)
{
	sigset_t resized;

	sigemptyset(&resized);
	sigaddset(&resized, SIGWINCH);
	sigprocmask(SIG_UNBLOCK, &resized, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have died before it was asked for. */
	if (parent && getppid() != GPOINTER_TO_INT(parent))
		_exit(127);
}

bool exec_reap(GPid pid, int wait_ms, int *ret_status)
{
	GPollFD ended = { .fd = pidfd_open(pid, 0), .events = G_IO_IN };
	gint64 until_us = g_get_monotonic_time() + wait_ms * (gint64)1000;
	gint64 left_ms = wait_ms;

	/* poll(2) is not restarted behind a handler (signal(7)), and Ctrl-Z has one. */
	while (ended.fd >= 0 && g_poll(&ended, 1, (int)left_ms) < 0 && errno == EINTR)
		left_ms = MAX(0, (until_us - g_get_monotonic_time()) / 1000);
	if (ended.fd >= 0)
		close(ended.fd);
	return waitpid(pid, ret_status, WNOHANG) == pid;
}

char *exec_quote(const char *const *argv)
{
	GString *line = g_string_new(NULL);

	for (; *argv; argv++) {
		bool plain = **argv && !(*argv)[strcspn(*argv, " \t\n\"'\\$`&|;<>()*?[]#~!{}")];
		g_autofree char *quoted = plain ? g_strdup(*argv) : g_shell_quote(*argv);

		g_string_append_printf(line, "%s%s", line->len ? " " : "", quoted);
	}
	return g_string_free(line, FALSE);
}

static void capture_line(struct capture *c, char *line)
{
	if (c->log)
		fprintf(c->log, "%s\n", line);
	if (c->all)
		g_string_append_printf(c->all, "%s\n", line);
	if (c->opts && c->opts->on_line)
		c->opts->on_line(line, c->opts->data);
	g_queue_push_tail(&c->tail, line);
	if (c->tail.length > TAIL_LINES)
		g_free(g_queue_pop_head(&c->tail));
}

static void set_exit_error(struct capture *c, const char *const *argv, GSubprocess *child, GError **error)
{
	g_autofree char *command = exec_quote(argv);
	g_autoptr(GString) text = g_string_new(command);
	GList *line;

	if (g_subprocess_get_if_signaled(child))
		g_string_append_printf(text, ": killed by signal %d (%s)", g_subprocess_get_term_sig(child),
				       g_strsignal(g_subprocess_get_term_sig(child)));
	else
		g_string_append_printf(text, ": ended with status %d", g_subprocess_get_exit_status(child));
	if (c->opts && c->opts->log_path)
		g_string_append_printf(text, " (log: %s)", c->opts->log_path);
	for (line = c->tail.head; line; line = line->next)
		g_string_append_printf(text, "\n  | %s", (char *)line->data);
	g_set_error_literal(error, BENCH_ERROR, BENCH_ERROR_FAILED, text->str);
}

static GSubprocess *start(const char *const *argv, const struct exec_opts *opts, GError **error)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
	g_autoptr(GError) reason = NULL;
	GSubprocess *child;

	g_subprocess_launcher_set_child_setup(launcher, exec_set_up_child, GINT_TO_POINTER(getpid()), NULL);
	if (opts && opts->dir)
		g_subprocess_launcher_set_cwd(launcher, opts->dir);
	for (const char *const *pair = opts ? opts->env : NULL; pair && *pair; pair++) {
		g_auto(GStrv) parts = g_strsplit(*pair, "=", 2);

		g_subprocess_launcher_setenv(launcher, parts[0], parts[1] ? parts[1] : "", TRUE);
	}
	child = g_subprocess_launcher_spawnv(launcher, argv, &reason);
	if (!child)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "cannot start \"%s\": %s", argv[0],
			    reason->message);
	return child;
}

static bool open_log(struct capture *c, GError **error)
{
	if (!c->opts || !c->opts->log_path)
		return true;
	c->log = fopen(c->opts->log_path, "we");
	if (!c->log)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot write this log: %s",
			    c->opts->log_path, g_strerror(errno));
	return c->log != NULL;
}

static bool run_captured(struct capture *c, const char *const *argv, GError **error)
{
	g_autoptr(GSubprocess) child = start(argv, c->opts, error);
	g_autoptr(GDataInputStream) lines = NULL;
	char *line;

	if (!child)
		return false;
	lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(child));
	g_data_input_stream_set_newline_type(lines, G_DATA_STREAM_NEWLINE_TYPE_LF);
	while ((line = g_data_input_stream_read_line(lines, NULL, NULL, NULL)))
		capture_line(c, line);
	if (!g_subprocess_wait(child, NULL, error))
		return false;
	if (g_subprocess_get_successful(child))
		return true;
	if (c->opts && c->opts->ret_signaled && g_subprocess_get_if_signaled(child))
		*c->opts->ret_signaled = true;
	set_exit_error(c, argv, child, error);
	return false;
}

bool exec_run(const char *const *argv, const struct exec_opts *opts, char **ret_out, GError **error)
{
	struct capture c = { .opts = opts, .tail = G_QUEUE_INIT };
	bool ok;

	if (!open_log(&c, error))
		return false;
	c.all = ret_out ? g_string_new(NULL) : NULL;
	ok = run_captured(&c, argv, error);
	if (c.log)
		fclose(c.log);
	g_queue_clear_full(&c.tail, g_free);
	if (ok && ret_out)
		*ret_out = g_string_free(g_steal_pointer(&c.all), FALSE);
	if (c.all)
		g_string_free(c.all, TRUE);
	return ok;
}

bool exec_words(const struct exec_opts *opts, char **ret_out, GError **error, ...)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	const char *word;
	va_list words;

	va_start(words, error);
	do {
		word = va_arg(words, const char *);
		g_ptr_array_add(argv, (gpointer)word);
	} while (word);
	va_end(words);
	return exec_run((const char *const *)argv->pdata, opts, ret_out, error);
}
