/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan.h"

/*
 * The states that the probe of a traced boot takes: nothing loaded; all loaded and nothing attached; attached.
 */
#define SCHEDULE_PROBES 3

/*
 * The order of boots. Each block boots every arm once for each group of rows (enum plan_pack). Groups are
 * shuffled in a block; the arms of one group follow each other, in an order shuffled anew, so that what is
 * compared is close in time; all arms of a group run its rows in the same shuffled order, so that they have the
 * same history.
 *
 * With a tracing pass, each block then boots every arm but PLAN_AA_ARM once more for each group: the second
 * label of one kernel would only repeat its histograms. The order of the timed boots is the same with and
 * without it. The states of the probe are shuffled for each group of a block, all arms have them in the same
 * order.
 */
struct schedule_boot {
	char *name; /* "b003-g01-ARM", traced "b003-t01-ARM": unique, and the same for the same plan */
	unsigned int block;
	char *arm;
	GPtrArray *rows;	/* const struct plan_row *, in the order they run; borrowed from @rows below */
	bool traced;
	const char *probes[SCHEDULE_PROBES]; /* of a traced boot: "off", "loaded", "attached" in their order;
						static */
};

/*
 * Array of struct schedule_boot *; caller frees. @rows is plan_rows(), which must outlive it. The same @p and
 * @seed give the same order (GSL's mt19937, which uses the lower 32 bits of @seed, and Fisher-Yates shuffle).
 */
GPtrArray *schedule_new(const struct plan *p, GPtrArray *rows, guint64 seed);

/* The same boots block by block, and on without end: a soak has no last block. @p and @rows must outlive it. */
typedef struct schedule schedule;

struct schedule *schedule_open(const struct plan *p, GPtrArray *rows, guint64 seed);
/* The boots of the next block; caller frees. */
GPtrArray *schedule_next_block(struct schedule *s);
void schedule_close(struct schedule *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(schedule, schedule_close)

/* How many boots that are. */
void schedule_count(const struct plan *p, GPtrArray *rows, guint64 *ret_timed, guint64 *ret_traced);
