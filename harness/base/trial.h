/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * A short child process with a time limit, of which every end is an answer: a probe, a question for a version.
 * (exec.h is for work that has to succeed.)
 */
struct trial {
	bool expired;		/* it was still there at the limit and was killed */
	int signal;		/* that ended it, or 0 */
	int status;		/* with which it ended when not by a signal */
	double seconds;
	char *out;		/* the first 64 KiB of standard output and of standard error */
	char *err;
};

typedef struct trial trial;

/*
 * Runs @argv (NULL-ended, looked up in PATH; no shell, standard input empty) for at most @limit_ms (1 or more).
 * What it started in turn is killed with it; it is killed when this program dies. False with @error (domain
 * G_SPAWN_ERROR or BENCH_ERROR) only when it cannot be started. trial_clear() frees what @ret_trial holds.
 */
bool trial_run(const char *const *argv, unsigned int limit_ms, struct trial *ret_trial, GError **error);

/* The same, with standard input from @in_fd and output to @out_fd; -1: as above. Both stay open here. */
bool trial_run_between(const char *const *argv, int in_fd, int out_fd, unsigned int limit_ms,
		       struct trial *ret_trial, GError **error);

/* Whether it ended by itself with status 0. */
bool trial_succeeded(const struct trial *t);

/* The last line of standard error that says something, else of standard output, else "". Caller frees. */
char *trial_last_words(const struct trial *t);

void trial_clear(struct trial *t);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(trial, trial_clear)
