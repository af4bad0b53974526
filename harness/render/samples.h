/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "journal/run-samples.h"
#include "render/comparison.h"

/*
 * Where the CPUs were during the loads of a run, function by function (docs/profile.md). A boot's share of a
 * function is that of its busy samples, those that were not taken in the idle task; the figure of an arm is the
 * mean over its boots, so that the functions add up to 100 %.
 */

/* Of one boot, all loads of a cell together. */
struct samples_boot {
	unsigned int block;
	guint64 busy, idle, lost, throttled;
};

/* One arm under one cell. */
struct samples_side {
	bool known;
	GArray *boots; /* struct samples_boot, by block */
	double wall_us; /* median over boots of the median over their loads */
};

struct samples_function {
	char *name; /* without what the compiler appends: ".part.0", ".isra.0", ".cold" */
	GArray **self; /* of each arm, guint64 of each of its boots: samples in the function itself */
	GArray **total; /* and with what it calls */
};

struct samples_cell {
	guint cell; /* of comparison.cells */
	struct samples_side *sides; /* of each arm */
	GPtrArray *functions; /* struct samples_function * */
};

typedef struct samples {
	const struct comparison *comparison; /* borrowed; must live as long */
	GPtrArray *cells; /* struct samples_cell *: those of which there are samples */
	char **refused; /* for each arm why it is not compared, a sentence, or NULL */
} samples;

/* Empty when the run was not sampled. */
struct samples *samples_new(const struct comparison *c);
void samples_free(struct samples *s);

/* The stand-in for the oldest caller of what the idle task does, and for what is in user space. */
#define SAMPLES_IDLE "[idle]"
#define SAMPLES_USER "[user]"

/* The sums over the boots of a side. */
struct samples_boot samples_sum(const struct samples_side *side);

/* Adds to the @counts of boots (guint64): those before @boot that have none have 0. */
void samples_add_count(GArray *counts, guint boot, guint64 count);

/* Whether each of the @loads (struct run_load *) of a boot was sampled: others are none of a side's boots. */
bool samples_has_boot(const struct run *r, const GPtrArray *loads);

/* The kinds of events by which the loads of @arm were sampled: "cpu-clock". Caller frees. */
char *samples_events(const struct run *r, const char *arm);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(samples, samples_free)
