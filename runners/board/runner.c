// SPDX-License-Identifier: GPL-2.0-only
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"
#include "base/error.h"
#include "base/exec.h"
#include "hold.h"
#include "runners/console.h"
#include "ssh.h"

struct board_target {
	struct target base;
	struct attempt attempt;
};

/* Waits up to @wait_ms for the end of ssh. False while it runs. */
static bool reap(struct attempt *a, int wait_ms, int *ret_status)
{
	bool reaped = exec_reap(a->pid, wait_ms, ret_status);

	if (reaped)
		a->pid = 0;
	return reaped;
}

static void kill_ssh(struct attempt *a)
{
	if (a->pid <= 0)
		return;
	kill(a->pid, SIGKILL);
	while (waitpid(a->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	a->pid = 0;
}

static void remove_when_empty(const char *path)
{
	GStatBuf info;

	if (g_stat(path, &info) == 0 && info.st_size == 0)
		g_unlink(path);
}

static void target_free(struct board_target *t)
{
	kill_ssh(&t->attempt);
	remove_when_empty(t->attempt.error_path);
	attempt_release(&t->attempt);
	g_free(t);
}

static void set_error(const struct state_machine *m, GError **error)
{
	static const enum bench_error codes[] = {
		[BLAME_NONE] = BENCH_ERROR_INFRA,      [BLAME_INFRA] = BENCH_ERROR_INFRA,
		[BLAME_REFUSED] = BENCH_ERROR_REFUSED, [BLAME_KERNEL] = BENCH_ERROR_KERNEL,
		[BLAME_EVIDENCE] = BENCH_ERROR_INFRA,
	};

	g_set_error_literal(error, BENCH_ERROR, codes[m->blame], m->why ? m->why : "the board did not start");
}

static struct target *start(const struct runner_boot *boot, GError **error)
{
	struct board_target *t = g_new0(struct board_target, 1);
	struct attempt *a = &t->attempt;

	t->base.runner = &board_runner;
	attempt_init(a, boot);
	state_start(&a->machine);
	if (a->machine.state == BOARD_RUNNING) {
		t->base.channel_fd = a->channel_fd;
		return &t->base;
	}
	set_error(&a->machine, error);
	target_free(t);
	return NULL;
}

static const char *up(struct target *base)
{
	(void)base;
	return NULL;
}

/* The board is at home, or lost: whose fault it was, in the words of every runner. */
static enum runner_end end_of(const struct attempt *a, char **ret_why)
{
	*ret_why = g_strdup(a->machine.why);
	switch (a->machine.blame) {
	case BLAME_NONE:
		return RUNNER_POWEROFF;
	case BLAME_REFUSED:
		return RUNNER_REFUSED;
	case BLAME_KERNEL:
		return a->evidence.panic || a->evidence.record ? RUNNER_PANIC : RUNNER_RESET;
	default:
		return RUNNER_KILLED;
	}
}

static void leave_broken(struct attempt *a, const char *what)
{
	g_autofree char *said = console_last_line(a->error_path);
	g_autofree char *reason = g_strdup_printf("%s%s%s", what, said ? ": " : "", said ? said : "");

	kill_ssh(a);
	state_leave(&a->machine, EVENT_BROKEN, reason);
}

/* ssh has ended with @status, which is the agent's but for one. */
static void leave_ended(struct attempt *a, int status)
{
	a->evidence.agent_ended = WIFEXITED(status) && WEXITSTATUS(status) != SSH_FAILED;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		state_leave(&a->machine, EVENT_DONE, NULL);
	else if (a->evidence.agent_ended)
		leave_broken(a, "the agent ended");
	else
		leave_broken(a, "the connection to the agent ended");
}

static enum runner_end end(struct target *base, int wait_ms, char **ret_why)
{
	struct attempt *a = &((struct board_target *)base)->attempt;
	int status = 0;

	*ret_why = NULL;
	if (a->machine.state != BOARD_RUNNING)
		return end_of(a, ret_why);
	if (reap(a, wait_ms, &status)) {
		leave_ended(a, status);
	} else if (attempt_answers(a)) {
		return RUNNER_RUNNING;
	} else {
		leave_broken(a, "nothing comes from the agent, and the board does not answer");
	}
	return end_of(a, ret_why);
}

/* The session has ended before the agent has: the kernel may be well, and is asked to leave. */
static bool stop(struct target *base, char **ret_why)
{
	struct board_target *t = (struct board_target *)base;
	struct state_machine *m = &t->attempt.machine;
	bool fine = true;

	if (m->state == BOARD_RUNNING) {
		kill_ssh(&t->attempt);
		state_leave(m, EVENT_DONE, "the session ended before the agent");
		fine = m->blame != BLAME_REFUSED;
	}
	if (!fine)
		*ret_why = g_strdup(m->why);
	target_free(t);
	return fine;
}

static char *command(const struct runner_boot *boot)
{
	g_autoptr(GPtrArray) words = attempt_agent_words(boot->hold->board);

	return ssh_command(boot->hold->board, (const char *const *)words->pdata);
}

const struct runner board_runner = {
	.name = "board",
	.start = start,
	.up = up,
	.end = end,
	.stop = stop,
	.command = command,
};
