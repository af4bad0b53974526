/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

#include "journal/machines.h"
#include "journal/run.h"
#include "render/gate.h"
#include "render/table.h"

struct compare_opts {
	enum table_format format;
	enum comparison_metric metric;
	enum table_part part;
	const char *arm;		/* only this arm's table, or NULL: all; of two runs also "OLD:NEW" */
	bool each_lock;			/* vn[0].busy, vn[1].busy, ... apart */
	const char *const *allowed; /* keys of manifests that may differ (confound.h), NULL-ended, or NULL */
};

/* What a script wants to know of what was printed. */
struct compare_result {
	bool failed;			/* a kernel of the run failed */
	bool refused; /* something was made or measured in different ways, and the output says so */
	bool unreadable;		/* a machine's run is there and cannot be read; the output says why */
	struct gate *gate;		/* the caller frees; NULL: of a soak */
};

/*
 * Prints the comparison of a run to @out, or what a soak has done and found, which has no gate. @opts may be
 * NULL: text, median worker, all parts and arms. @ret may be NULL. False when @opts names an arm that cannot be
 * shown (BENCH_ERROR_USAGE) or @out cannot be written.
 */
bool compare_print(const struct run *r, const struct compare_opts *opts, FILE *out, struct compare_result *ret,
		   GError **error);

/*
 * Prints the runs of a plan on several machines one after the other (machine-tables.h), each as compare_print()
 * does. A machine without a run is told of, and is an INFRA of the gate.
 */
bool compare_print_machines(const struct machines *m, const struct compare_opts *opts, FILE *out,
			    struct compare_result *ret, GError **error);

/*
 * Prints two runs of sweep, the later one against the earlier one (across.h). Of @opts all count but each_lock;
 * the part is that of times (BENCH_ERROR_USAGE otherwise).
 */
bool compare_print_across(const struct run *before, const struct run *after, const struct compare_opts *opts,
			  FILE *out, struct compare_result *ret, GError **error);

/*
 * Prints two runs of attach, the folders @before_dir and @after_dir, side by side; of @opts the format, the
 * part and each_lock count. BENCH_ERROR_USAGE when one is no such run, or the part one that these do not have.
 */
bool compare_print_attached(const char *before_dir, const char *after_dir, const struct compare_opts *opts,
			    FILE *out, bool *ret_refused, GError **error);
