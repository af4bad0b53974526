/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/*
 * The console log of a kernel that can no longer speak for itself. All return strings the caller frees, NULL
 * when there is nothing. Of a board's console only the kernel under test counts, where it says its command
 * line.
 */

/* The first line that splat.h knows; *ret_kind (may be NULL) is borrowed from its table. */
char *console_first_splat(const char *path, const char **ret_kind);

/* The last line that is not empty. */
char *console_last_line(const char *path);
