/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "comparison.h"

enum table_format {
	TABLE_TEXT,
	TABLE_MARKDOWN,
	TABLE_CSV,
	TABLE_JSON,
};

/* False with BENCH_ERROR_USAGE that lists the names: text, markdown, csv, json. */
bool table_format_parse(const char *name, enum table_format *ret_format, GError **error);

/*
 * The whole comparison; @arm: only this arm's table, or NULL for all shown arms (csv and json: all arms).
 * Appends to @out.
 */
void table_render(const struct comparison *c, enum table_format format, const struct comparison_arm *arm,
		  GString *out);
