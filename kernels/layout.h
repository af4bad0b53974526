/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "kernels/series.h"

/*
 * Layout N of a source: the same code at other addresses. Bytes that nobody executes or reads are put into
 * .text and .data at the first object of mm/, so that all of mm/ after it, and the rest of the kernel, move.
 */
#define LAYOUT_FILE "mm/filemap.c"
#define LAYOUT_HIGHEST 1000

/* What is appended to LAYOUT_FILE for layout @n. Caller frees. */
char *layout_text(unsigned int n);

/* Appends it in the stage of @applied. Nothing for layout 0. */
bool layout_apply(struct series *applied, const char *tree, unsigned int n, GError **error);
