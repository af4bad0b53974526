/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "render/comparison.h"

/* What an earlier run on this machine says of a plan that is to run: its noise, row by row, and its time. */
#define PILOT_BLOCKS_MIN 3

struct pilot_row {
	char *missing;			/* why the pilot says nothing of this row, or NULL */
	/* Variances of logarithms: of boots in a block and arm, of loads as far as medians show it; NAN. */
	double between, within;
	guint blocks, arms;		/* that they come from */
	double load_s;			/* wall time of one load, and what belongs to it; NAN: not recorded */
};

typedef struct pilot {
	struct pilot_row *rows;		/* one per row of the plan */
	guint rows_count;
	double boot_s;			/* start and end of a boot; NAN when not recorded */
} pilot;

/*
 * @r as the pilot of @p, judged by @metric. Rows match when name and loops are the same. NULL with
 * BENCH_ERROR_USAGE when @r counted instructions, was measured on another kind of machine, or no row of it can
 * serve: that takes two arms with PILOT_BLOCKS_MIN blocks in common.
 */
struct pilot *pilot_new(const struct run *r, const struct plan *p, enum comparison_metric metric,
			GError **error);
void pilot_free(struct pilot *p);

/* Seconds that @blocks blocks of @p take, without its tracing pass; NAN when not known. */
double pilot_duration_s(const struct pilot *earlier, const struct plan *p, guint blocks);

/* The standard deviation of a block's log-ratio with @loads loads a boot; NAN: the pilot knows no such row. */
double pilot_ratio_sd(const struct pilot_row *row, unsigned int loads);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(pilot, pilot_free)
