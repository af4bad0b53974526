/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/*
 * What a boot needs of ours, in boot.dir on the board: the kernel, the agent, the modules. Nothing else on the
 * board is written to, but by the boot method.
 */
struct deploy_file {
	const char *name;	/* in boot.dir; deploy_knows() it */
	const char *source;	/* a file here */
	bool program;
};

/* The good kernel's initrd, when `board check` boots that kernel as if it were under test. */
#define DEPLOY_INITRD "initrd"

/* Whether a file of that name is ever copied: deploy_remove() removes these, and no others. */
bool deploy_knows(const char *name);

/*
 * Copies @files to boot.dir, which is made: each under another name first, compared there by its digest, on the
 * disk, and then renamed. When @free_bytes of the board do not suffice nothing is written, and the error is
 * BENCH_ERROR_REFUSED.
 */
bool deploy_put(const struct board *b, const struct deploy_file *files, size_t n, guint64 free_bytes,
		GError **error);

/* SHA-256 of the file @name in boot.dir as the board reads it now. Caller frees. */
char *deploy_digest(const struct board *b, const char *name, GError **error);

/* Removes every file that deploy_put() may have left, also half-way, and the folder when it is empty then. */
bool deploy_remove(const struct board *b, GError **error);
