/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Child processes that run to their end. No shell is involved. A child dies with this program (also when that
 * is killed with SIGKILL). Standard input is empty.
 */
struct exec_opts {
	const char *dir;		/* working folder, NULL: ours */
	const char *const *env; /* NULL-ended "NAME=value" pairs set on top of our environment, or NULL */
	const char *log_path;		/* both outputs are also written here (truncated first), or NULL */
	/* Called with each line of both outputs, without its newline, as it comes; or NULL. */
	void (*on_line)(const char *line, void *data);
	void *data;
	bool *ret_signaled;		/* set to true when a signal ended the child; or NULL */
};

/*
 * Runs @argv (NULL-ended, looked up in PATH). False when it cannot be started, ends with a status other than 0,
 * or is killed; the error (BENCH_ERROR_FAILED) holds the command, how it ended and its last lines.
 * @opts may be NULL. @ret_out, when not NULL, receives standard output and error together (caller frees).
 */
bool exec_run(const char *const *argv, const struct exec_opts *opts, char **ret_out, GError **error);

/* As exec_run() with the words given one by one, NULL-ended; @opts and @ret_out first. */
bool exec_words(const struct exec_opts *opts, char **ret_out, GError **error, ...) G_GNUC_NULL_TERMINATED;

/* "make -j2 'a b'": @argv as one may type it into a shell. Returns a string the caller frees. */
char *exec_quote(const char *const *argv);

/*
 * For the child set-up hooks of g_spawn and GSubprocess: the child is killed when the parent dies, and hears of
 * a resized window, which our threads leave to progress.h. @parent is the parent's process id as
 * GINT_TO_POINTER(), so that a parent that is dead already is noticed.
 */
void exec_set_up_child(gpointer parent);

/*
 * Waits up to @wait_ms for the end of our child @pid, whatever signals are handled meanwhile, and takes it
 * away: *ret_status is that of waitpid(2). False while it runs.
 */
bool exec_reap(GPid pid, int wait_ms, int *ret_status);
