/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ssh.h"

/* What a board says of the kernel that it runs; read anew each time, never remembered. */
typedef struct facts {
	char *boot_id;
	char *release;		/* uname -r */
	char *version;		/* uname -v */
	char *cmdline;
	char *token;		/* of the attempt (FACTS_TOKEN on the command line); NULL: the good kernel */
	guint64 free_bytes;	/* of the file system that boot.dir is on */
	guint64 taint;
} facts;

/* On the command line of every kernel under test, with a new value for each attempt. */
#define FACTS_TOKEN "vmapbench.attempt="

/*
 * Asks @b, for at most @limit_s. False with *ret_end (not SSH_DONE) and a sentence in @error
 * (BENCH_ERROR_INFRA) when it does not answer, or answers nonsense.
 */
bool facts_read(const struct board *b, unsigned int limit_s, struct facts *ret, enum ssh_end *ret_end,
		      GError **error);
void facts_clear(struct facts *f);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(facts, facts_clear)
