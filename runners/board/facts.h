/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"
#include "ssh.h"

/* What a board says of the kernel that it runs; read anew each time, never remembered. */
typedef struct facts {
	char *boot_id;
	char *release;		/* uname -r */
	char *version;		/* uname -v */
	char *build_id;		/* of the running kernel, from its own notes; NULL: it has none */
	char *cmdline;
	char *token;		/* of the attempt (FACTS_TOKEN on the command line); NULL: the good kernel */
	guint64 free_bytes;	/* of the file system that boot.dir is on */
	guint64 taint;
	unsigned int cpus;	/* online */
	guint64 memory_kib;
} facts;

/* On the command line of every kernel under test, with a new value for each attempt. */
#define FACTS_TOKEN "vmapbench.attempt="

/*
 * Asks @b, for at most @limit_s. False with *ret_end and a sentence in @error (BENCH_ERROR_INFRA) when it does
 * not answer, or answers nonsense (then *ret_end is SSH_DONE).
 */
bool facts_read(const struct board *b, unsigned int limit_s, struct facts *ret, enum ssh_end *ret_end,
		GError **error);

/* Pure: from the board's answer, "key value" lines; false when something is missing or no such value. */
bool facts_parse(const char *text, struct facts *ret, GError **error);

/* Pure: the GNU build id in the ELF notes @hex, as /sys/kernel/notes has them; NULL: none. Caller frees. */
char *facts_build_id(const char *hex);

void facts_clear(struct facts *f);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(facts, facts_clear)
