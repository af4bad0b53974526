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
	const char *const *allowed;	/* keys of manifests that may differ (confound.h), NULL-ended, or NULL */
};

/*
 * Prints the comparison of a run to @out. @opts may be NULL: text, median worker, all parts and arms. *ret_failed (may be
 * NULL) says whether a kernel of the run failed, *ret_refused (may be NULL) whether something was not compared because
 * it was measured in different ways, which @out says where the table would be. False when @opts names an arm that
 * cannot be shown (BENCH_ERROR_USAGE) or @out cannot be written.
 */
bool compare_print(const struct run *r, const struct compare_opts *opts, FILE *out, bool *ret_failed,
		   bool *ret_refused, GError **error);

/*
 * Prints two runs of attach, the folders @before_dir and @after_dir, side by side; of @opts the format, the part and
 * each_lock count. BENCH_ERROR_USAGE when one is no such run, or the part one that these do not have.
 */
bool compare_print_attached(const char *before_dir, const char *after_dir, const struct compare_opts *opts, FILE *out,
			    bool *ret_refused, GError **error);
