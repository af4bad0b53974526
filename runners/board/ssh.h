/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/*
 * Commands on a board, by OpenSSH's client, one connection each: no multiplexing, whose master would outlive
 * the kernel it was opened under. Every call ends within its time limit.
 */
#define SSH_FAILED 255		/* the status by which ssh says so of itself, not of the command */

enum ssh_end {
	SSH_DONE,		/* the command ended, with any status but 255, which is ssh's own */
	SSH_UNREACHABLE,	/* no connection, or it broke */
	SSH_REFUSED,		/* the key, the host key or sudo was not accepted: waiting does not help */
	SSH_EXPIRED,		/* the limit came first */
};

struct ssh_result {
	enum ssh_end end;
	int status;		/* of the command, when SSH_DONE */
	char *out;		/* at most 64 KiB, without a final newline */
	char *why;		/* a clause: the last words of ssh, or of a command that failed; NULL: none */
};

typedef struct ssh_result ssh_result;

/*
 * Runs the command @argv (NULL-ended; each word is quoted for the remote shell) as root, for at most @limit_s.
 * False with @error only when ssh cannot be started here. ssh_result_clear() frees what @ret holds.
 */
bool ssh_run(const struct board *b, const char *const *argv, unsigned int limit_s, struct ssh_result *ret,
	     GError **error);

/* The same of `sh -c SCRIPT sh ARGV...`: for more than one command. @argv may be NULL: no arguments. */
bool ssh_script(const struct board *b, const char *script, const char *const *argv, unsigned int limit_s,
		struct ssh_result *ret, GError **error);

/*
 * As ssh_script(), and its end has to be status 0: otherwise BENCH_ERROR_INFRA (BENCH_ERROR_REFUSED when it was
 * SSH_REFUSED), "board NAME: WHAT failed:
 * ...". Returns what it said; caller frees.
 */
char *ssh_must(const struct board *b, const char *what, const char *script, const char *const *argv,
	       unsigned int limit_s, GError **error);

/* What ssh_must() says of an end that is not status 0. */
void ssh_set_error(const struct board *b, const char *what, const struct ssh_result *result, GError **error);

/* Copies the file @from to @to on the board, through `cat >`; the caller compares digests. */
bool ssh_send(const struct board *b, const char *from, const char *to, unsigned int limit_s, GError **error);

/*
 * Starts the command @argv and returns its process; *ret_fd is one non-blocking socket to both its standard
 * input and output. What it says on standard error goes to @error_path. It dies with this program. -1 with
 * @error.
 */
GPid ssh_spawn(const struct board *b, const char *const *argv, const char *error_path, int *ret_fd,
	       GError **error);

/* The words that ssh_spawn() starts, quoted for a shell; caller frees. */
char *ssh_command(const struct board *b, const char *const *argv);

void ssh_result_clear(struct ssh_result *r);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ssh_result, ssh_result_clear)
