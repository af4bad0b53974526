/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "board.h"

/*
 * What must be the same before and after: the release and build of the good kernel that runs, its modules, what
 * lies in /boot and on the EFI partition (names, sizes and times, but for what is ours; of the kernel and its
 * initrd the content), and the default boot entry. Text; caller frees. NULL with @error.
 */
char *good_describe(const struct board *b, GError **error);

/* The first line in which the two differ, as "A, now B"; NULL when they do not. Caller frees. */
char *good_difference(const char *before, const char *after);
