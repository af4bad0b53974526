/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * The programs that build a kernel. The first lines of what three of them say to --version are part of its
 * identity.
 */
typedef struct tools {
	char *compiler;
	char *linker;
	char *pahole;
} tools;

/* An error that names each missing program or header with its Debian package. */
bool tools_check(GError **error);

struct tools *tools_ask(GError **error);
void tools_free(struct tools *t);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(tools, tools_free)
