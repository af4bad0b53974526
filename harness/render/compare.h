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
	enum table_part part;
	const char *arm;		/* only this arm's table, or NULL: all */
	bool each_lock;			/* vn[0].busy, vn[1].busy, ... apart */
};

/*
 * Prints the comparison of a run to @out. @opts may be NULL: text, median worker, all parts and arms. *ret_failed (may be
 * NULL) says whether a kernel of the run failed, *ret_refused (may be NULL) whether something was not compared because
 * it was measured in different ways, which @out says where the table would be. False when @opts names an arm that
 * cannot be shown (BENCH_ERROR_USAGE) or @out cannot be written.
 */
bool compare_print(const struct run *r, const struct compare_opts *opts, FILE *out, bool *ret_failed,
		   bool *ret_refused, GError **error);
