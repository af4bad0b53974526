/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

#include "journal/run.h"
#include "render/table.h"

struct compare_opts {
	enum table_format format;
	enum comparison_metric metric;
	const char *arm;		/* only this arm's table, or NULL: all */
};

/*
 * Prints the comparison of a run to @out. @opts may be NULL: text, median worker, all arms. *ret_failed (may be
 * NULL) says whether a kernel of the run failed. False when @opts names an arm that cannot be shown
 * (BENCH_ERROR_USAGE) or @out cannot be written.
 */
bool compare_print(const struct run *r, const struct compare_opts *opts, FILE *out, bool *ret_failed,
		   GError **error);
