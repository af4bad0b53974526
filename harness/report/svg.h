/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Appends the picture in the file @path as an element of a page, called @label. Only what draws is taken over:
 * no scripts, links or styles; names get @prefix, so that those of two pictures are apart. False with an error
 * (BENCH_ERROR_FAILED), and nothing appended, when it is no SVG.
 */
bool svg_inline(const char *path, const char *prefix, const char *label, GString *out, GError **error);
