/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "plan.h"

/*
 * The order of boots. Each block boots every arm once for each group of rows (enum plan_pack). Groups are shuffled
 * in a block; the arms of one group follow each other, in an order shuffled anew, so that what is compared is close
 * in time; all arms of a group run its rows in the same shuffled order, so that they have the same history.
 */
struct schedule_boot {
	char *name;		/* "b003-g01-ARM": unique, and the same for the same plan */
	unsigned int block;
	char *arm;
	GPtrArray *rows;	/* const struct plan_row *, in the order they run; borrowed from @rows below */
};

/*
 * Array of struct schedule_boot *; caller frees. @rows is plan_rows(), which must outlive it. The same @p and @seed
 * give the same order (GSL's mt19937, which uses the lower 32 bits of @seed, and Fisher-Yates shuffle).
 */
GPtrArray *schedule_new(const struct plan *p, GPtrArray *rows, guint64 seed);
