// SPDX-License-Identifier: GPL-2.0-only
#include "trial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "exec.h"

#define OUTPUT_MAX (64 << 10)

/* The three things to wait for; a descriptor is -1 once it has come to its end. */
enum { OUT, ERR, END, WATCHED };

/* A group of its own, so that what the child starts can be killed with it; and no core files of what aborts. */
static void set_up_child(gpointer parent)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
	setpgid(0, 0);
	exec_set_up_child(parent);
}

/* Reads what is there. What exceeds OUTPUT_MAX is read and dropped, so that the child does not block on it. */
static void drain(struct pollfd *from, GString *text)
{
	char buffer[4096];
	ssize_t got = read(from->fd, buffer, sizeof(buffer));

	if (got > 0) {
		g_string_append_len(text, buffer, MIN((gsize)got, OUTPUT_MAX - text->len));
	} else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
		close(from->fd);
		from->fd = -1;
	}
}

/* Until the child has ended and said all, or @deadline (monotonic, us). Returns whether it has ended. */
static bool watch(struct pollfd *watched, GString *out, GString *err, gint64 deadline)
{
	bool ended = false;

	for (;;) {
		gint64 left_us = deadline - g_get_monotonic_time();
		int ready;

		if (left_us <= 0)
			return ended;
		/* After the end only what stands in the pipes counts: a grandchild may hold them open. */
		ready = poll(watched, WATCHED, ended ? 0 : (int)(left_us / 1000) + 1);
		if (ready == 0 && ended)
			return true;
		if (ready <= 0)
			continue;
		if (watched[OUT].fd >= 0 && watched[OUT].revents)
			drain(&watched[OUT], out);
		if (watched[ERR].fd >= 0 && watched[ERR].revents)
			drain(&watched[ERR], err);
		if (watched[END].fd >= 0 && watched[END].revents) {
			ended = true;
			close(watched[END].fd);
			watched[END].fd = -1;
		}
	}
}

static void reap(GPid pid, struct trial *t)
{
	int status = 0;

	/* Not reaped yet, so neither the child's id nor its group's can belong to anybody else. */
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	t->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	t->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

/* Waits for the end of @pid and kills it at the limit; closes the descriptors. */
static void attend(GPid pid, struct pollfd *watched, gint64 deadline, struct trial *t)
{
	GString *out = g_string_new(NULL);
	GString *err = g_string_new(NULL);

	t->expired = !watch(watched, out, err, deadline);
	reap(pid, t);
	for (int i = 0; i < WATCHED; i++) {
		if (watched[i].fd >= 0)
			close(watched[i].fd);
	}
	t->out = g_string_free(out, FALSE);
	t->err = g_string_free(err, FALSE);
}

bool trial_run_between(const char *const *argv, int in_fd, int out_fd, unsigned int limit_ms,
		       struct trial *ret_trial, GError **error)
{
	struct pollfd watched[WATCHED] = { [OUT].events = POLLIN, [ERR].events = POLLIN,
					    [END].events = POLLIN };
	gint64 start = g_get_monotonic_time();
	GPid pid;

	watched[OUT].fd = -1;
	if (!g_spawn_async_with_pipes_and_fds(
		    NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, set_up_child,
		    GINT_TO_POINTER(getpid()), in_fd, out_fd, -1, NULL, NULL, 0, &pid, NULL,
		    out_fd < 0 ? &watched[OUT].fd : NULL, &watched[ERR].fd, error))
		return false;
	watched[END].fd = pidfd_open(pid, 0);
	if (watched[END].fd < 0) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot watch %s end: pidfd_open: %s",
			    argv[0], g_strerror(errno));
		limit_ms = 0;
	}
	*ret_trial = (struct trial){ 0 };
	attend(pid, watched, start + (gint64)limit_ms * G_TIME_SPAN_MILLISECOND, ret_trial);
	ret_trial->seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
	if (limit_ms)
		return true;
	trial_clear(ret_trial);
	return false;
}

bool trial_run(const char *const *argv, unsigned int limit_ms, struct trial *ret_trial, GError **error)
{
	return trial_run_between(argv, -1, -1, limit_ms, ret_trial, error);
}

bool trial_succeeded(const struct trial *t)
{
	return !t->expired && !t->signal && !t->status;
}

static char *last_line(const char *text)
{
	g_autofree char *stripped = g_strstrip(g_strdup(text));
	const char *newline = strrchr(stripped, '\n');

	return g_strdup(newline ? newline + 1 : stripped);
}

char *trial_last_words(const struct trial *t)
{
	g_autofree char *words = last_line(t->err);

	return *words ? g_steal_pointer(&words) : last_line(t->out);
}

void trial_clear(struct trial *t)
{
	g_clear_pointer(&t->out, g_free);
	g_clear_pointer(&t->err, g_free);
}
