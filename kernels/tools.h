/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct target;

/*
 * The programs that build a kernel for a target. The first lines of what three of them say to --version are
 * part of its identity.
 */
typedef struct tools {
	char *compiler;
	char *linker;
	char *pahole;
} tools;

/* An error that names each missing program or header with its Debian package. */
bool tools_check(const struct target *target, GError **error);

struct tools *tools_ask(const struct target *target, GError **error);
void tools_free(struct tools *t);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(tools, tools_free)
