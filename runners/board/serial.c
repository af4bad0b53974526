// SPDX-License-Identifier: GPL-2.0-only
#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/text.h"
#include "command.h"

#define PANIC "Kernel panic - not syncing"

#define RESTART_US (5 * G_USEC_PER_SEC)
#define END_LIMIT_MS 1000		/* between asking the command to end and killing it */
#define LINE_MAX_BYTES 1024		/* of a line that is looked at; the file has all of it */
#define FILE_MAX_BYTES (64 << 20)	/* a board that prints without end does not fill our disk */
#define POLL_MAX_BYTES (1 << 20)	/* nor keep us here */

struct serial {
	GPtrArray *words;	/* of the command */
	int file;
	gsize written;
	GPid pid;		/* 0 while there is none */
	int in;			/* its standard input, held open, as many a command ends with it */
	int out, err;		/* what it says, non-blocking */
	gint64 started_us;	/* of the last start; monotonic, like the next */
	gint64 heard_us;
	GString *line;		/* under way */
	GString *complaint;	/* the last line of its standard error */
	char *panic;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void write_file(struct serial *s, const char *bytes, gsize length)
{
	if (s->written >= FILE_MAX_BYTES)
		return;
	while (length) {
		ssize_t done = write(s->file, bytes, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		bytes += done;
		length -= done;
		s->written += done;
	}
	if (s->written >= FILE_MAX_BYTES)
		dprintf(s->file, "\n[vmapbench: the console has said %d MiB; no more of it is kept]\n",
			FILE_MAX_BYTES >> 20);
}

static void end_line(struct serial *s)
{
	if (strstr(s->line->str, PANIC)) {
		g_autofree char *before = s->panic;

		s->panic = g_strstrip(text_make_plain(s->line->str));
		/* However much was said before: the first one of a boot is kept. */
		if (!before && s->written >= FILE_MAX_BYTES)
			dprintf(s->file, "%s\n", s->panic);
		fdatasync(s->file);
	}
	g_string_truncate(s->line, 0);
}

static void look_at(struct serial *s, const char *bytes, gsize length)
{
	for (gsize i = 0; i < length; i++) {
		if (bytes[i] == '\n' || bytes[i] == '\r')
			end_line(s);
		else if (s->line->len < LINE_MAX_BYTES)
			g_string_append_c(s->line, bytes[i] ? bytes[i] : ' ');
	}
}

/* False at the end of what the command has to say. */
static bool take_output(struct serial *s)
{
	char buffer[4096];
	gsize taken = 0;
	ssize_t got;

	while (taken < POLL_MAX_BYTES && (got = read(s->out, buffer, sizeof(buffer))) > 0) {
		write_file(s, buffer, got);
		look_at(s, buffer, got);
		s->heard_us = g_get_monotonic_time();
		taken += got;
	}
	return taken || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Keeps the last line, for the day on which the command ends. */
static void take_complaint(struct serial *s)
{
	char buffer[1024];
	const char *newline;
	ssize_t got;

	while ((got = read(s->err, buffer, sizeof(buffer))) > 0) {
		g_string_append_len(s->complaint, buffer, got);
		while (s->complaint->len && s->complaint->str[s->complaint->len - 1] == '\n')
			g_string_truncate(s->complaint, s->complaint->len - 1);
		newline = strrchr(s->complaint->str, '\n');
		if (newline)
			g_string_erase(s->complaint, 0, newline + 1 - s->complaint->str);
		if (s->complaint->len > LINE_MAX_BYTES)
			g_string_truncate(s->complaint, LINE_MAX_BYTES);
	}
}

/* A group of its own, so that what the shell starts ends with it. */
static void set_up_child(gpointer parent)
{
	setpgid(0, 0);
	exec_set_up_child(parent);
}

static bool start(struct serial *s, GError **error)
{
	s->started_us = g_get_monotonic_time();
	if (!g_spawn_async_with_pipes(NULL, (char **)s->words->pdata, NULL,
				      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, set_up_child,
				      GINT_TO_POINTER(getpid()), &s->pid, &s->in, &s->out, &s->err, error)) {
		s->pid = 0;
		return false;
	}
	g_unix_set_fd_nonblocking(s->out, TRUE, NULL);
	g_unix_set_fd_nonblocking(s->err, TRUE, NULL);
	return true;
}

/* Closing its input is how most are asked; the rest get signals. Returns the status of waitpid(). */
static int end_command(struct serial *s)
{
	int status = 0;
	pid_t reaped = 0;

	close_fd(&s->in);
	kill(-s->pid, SIGTERM);
	for (int waited = 0; waited < END_LIMIT_MS && !reaped; waited += 10) {
		reaped = waitpid(s->pid, &status, WNOHANG);
		if (!reaped)
			g_usleep(10000);
	}
	kill(-s->pid, SIGKILL);
	while (!reaped || (reaped < 0 && errno == EINTR))
		reaped = waitpid(s->pid, &status, 0);
	s->pid = 0;
	close_fd(&s->out);
	close_fd(&s->err);
	return status;
}

/* It ended by itself: the file says so, for whoever wonders about a gap in it. */
static void note_end(struct serial *s)
{
	g_autofree char *words = text_make_plain(s->complaint->str);
	g_autofree char *note =
		g_strdup_printf("\n[vmapbench: the console command ended%s%s; it is started again]\n",
				*words ? ": " : "", words);

	write_file(s, note, strlen(note));
	g_string_truncate(s->complaint, 0);
	end_line(s);
}

static bool has_ended(const struct serial *s)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, s->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == s->pid;
}

void serial_poll(struct serial *s)
{
	bool ended, says_more;

	if (!s->pid) {
		if (g_get_monotonic_time() - s->started_us >= RESTART_US)
			start(s, NULL);
		return;
	}
	/* Asked before its last words are taken, or they would be lost. */
	ended = has_ended(s);
	says_more = take_output(s);
	take_complaint(s);
	if (says_more && !ended)
		return;
	end_command(s);
	note_end(s);
}

struct serial *serial_open(const struct board *b, const char *path, GError **error)
{
	struct serial *s;
	g_autoptr(GError) reason = NULL;
	int file;

	if (!b->console.command)
		return NULL;
	file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (file < 0) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot write the console here: %s",
			    path, g_strerror(errno));
		return NULL;
	}
	s = g_new0(struct serial, 1);
	*s = (struct serial){
		.file = file,
		.in = -1,
		.out = -1,
		.err = -1,
		.line = g_string_new(NULL),
		.complaint = g_string_new(NULL),
		.heard_us = g_get_monotonic_time(),
	};
	s->words = command_words(b, b->console.command);
	if (start(s, &reason))
		return s;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "board %s: console.command cannot be started: %s",
		    b->name, reason->message);
	serial_close(s);
	return NULL;
}

void serial_close(struct serial *s)
{
	if (!s)
		return;
	if (s->pid) {
		take_output(s);
		end_command(s);
	}
	fdatasync(s->file);
	close(s->file);
	g_string_free(s->line, TRUE);
	g_string_free(s->complaint, TRUE);
	g_ptr_array_unref(s->words);
	g_free(s->panic);
	g_free(s);
}

unsigned int serial_silence_s(const struct serial *s)
{
	return (g_get_monotonic_time() - s->heard_us) / G_USEC_PER_SEC;
}

const char *serial_panic(const struct serial *s)
{
	return s->panic;
}

void serial_forget(struct serial *s)
{
	g_clear_pointer(&s->panic, g_free);
}
