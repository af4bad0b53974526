/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/* How a board is made to boot a kernel once, and by default the good one. */
struct method {
	const char *name;
	/* Whether the board has what this needs. A sentence that says what is missing and how to get it, or NULL;
	 * caller frees. */
	char *(*lacks)(const struct board *b, GError **error);
	/* The next boot, and only that, is the kernel in boot.dir with @cmdline; read back before it returns. */
	bool (*arm)(const struct board *b, const char *cmdline, GError **error);
	/* Takes arm() back; nothing of ours remains in the boot loader. */
	bool (*disarm)(const struct board *b, GError **error);
	/* What decides which kernel boots by default, as text, to be compared before and after. Caller frees. */
	char *(*fingerprint)(const struct board *b, GError **error);
	/* Starts the armed boot; returns as soon as it is under way. */
	bool (*reboot)(const struct board *b, GError **error);
};

/* Of the board file's boot.method. */
const struct method *method_of(const struct board *b);
