/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/*
 * Commands on a board, by OpenSSH's client, one connection each: no multiplexing, whose master would outlive
 * the kernel it was opened under. Every call ends within its time limit.
 */
enum ssh_end {
	SSH_DONE,		/* the command ended, with any status */
	SSH_UNREACHABLE,	/* no connection, or it broke */
	SSH_REFUSED,		/* the key, the host key or the user was not accepted: waiting does not help */
	SSH_EXPIRED,		/* the limit came first */
};

struct ssh_result {
	enum ssh_end end;
	int status;		/* of the command, when SSH_DONE */
	char *out;		/* at most 1 MiB, without a final newline */
	char *why;		/* a sentence in ssh's own words, NULL when SSH_DONE */
};

typedef struct ssh_result ssh_result;

/*
 * Runs the command @argv (NULL-ended; each word is quoted for the remote shell) as root, for at most @limit_s.
 * False with @error only when ssh cannot be started here. ssh_result_clear() frees what @ret holds.
 */
bool ssh_run(const struct board *b, const char *const *argv, unsigned int limit_s, struct ssh_result *ret,
	     GError **error);

/* The same with @script given to `sh -s -- ARGV...` on its standard input: for more than one command. */
bool ssh_script(const struct board *b, const char *script, const char *const *argv, unsigned int limit_s,
		struct ssh_result *ret, GError **error);

/*
 * As ssh_script(), and its end has to be status 0: otherwise BENCH_ERROR_INFRA, "board NAME: WHAT failed:
 * ...".
 */
char *ssh_must(const struct board *b, const char *what, const char *script, const char *const *argv,
	       unsigned int limit_s, GError **error);

/* Copies the file @from to @to on the board, through `cat >`; the caller compares digests. */
bool ssh_send(const struct board *b, const char *from, const char *to, unsigned int limit_s, GError **error);

/*
 * Starts the command @argv and returns its process; *ret_fd is one non-blocking socket to both its standard
 * input and output. What it says on standard error goes to @error_path. It dies with this program.
 */
GPid ssh_spawn(const struct board *b, const char *const *argv, const char *error_path, int *ret_fd,
	       GError **error);

void ssh_result_clear(struct ssh_result *r);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ssh_result, ssh_result_clear)
