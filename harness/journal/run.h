/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "plan/plan.h"

/*
 * A run folder: manifest.json (plan as frozen, kernels, host, tools), journal.jsonl, console/BOOT.log.
 * What is read here needs neither QEMU nor kernels.
 */

/* How a boot ended (docs/journal.md). */
enum run_class {
	RUN_OK,
	RUN_INFRA,		/* QEMU, the disk, the harness: the boot is repeated */
	RUN_KERNEL,		/* panic, splat, hang: the arm has failed */
	RUN_TEST,		/* the load itself: module refused, wrong number of results, never ended */
};

/* What watched a load. Only loads of the tracing pass (run-trace.h) have anything but RUN_PROBE_NONE. */
enum run_probe {
	RUN_PROBE_NONE,		/* a timed load */
	RUN_PROBE_OFF,		/* nothing is loaded */
	RUN_PROBE_LOADED,	/* the tracer is loaded and attached to nothing: the control */
	RUN_PROBE_ATTACHED,
};

/* One load of one cell, with every worker's time. Texts are run_name()s. */
struct run_load {
	unsigned int block;
	char *arm;
	char *boot;		/* unique in the run */
	char *cell;		/* name of a plan row */
	unsigned int load;	/* 0, 1, ... in this boot and cell */
	GArray *workers_us;	/* double; the unit is that of the accelerator (run_unit()) */
	double wall_us;
	char *clocksource;	/* of the guest; NULL: not recorded */
	enum run_probe probe;
};

struct run_boot_start {
	unsigned int block;
	char *arm;
	char *boot;
	bool traced;		/* a boot of the tracing pass */
};

struct run_boot_end {
	unsigned int block;
	char *arm;
	char *boot;
	enum run_class class;
	char *why;
	bool traced;
	double boot_s, loads_s,
		shutdown_s; /* start to hello, all its loads, bye to end; NAN when not recorded */
};

struct run_splat {
	char *arm;
	char *boot;
	char *cell;
	char *kind;		/* "warn", "kasan", ... */
	char *text;		/* first line of the kernel's report */
};

typedef struct run {
	char *dir;
	json_t *manifest;
	struct plan *plan;
	GStringChunk *names;	/* texts of loads: run_name() */
	GPtrArray *loads;	/* struct run_load *, in the order they were measured; timed ones only */
	GHashTable *loads_of_place; /* the same by arm and cell: struct run_load * (the first) to GPtrArray */
	GHashTable *known_loads;	/* set of struct run_load *, while it is read */
	GHashTable *setups;	/* loads of one loop, with `subtract_setup`, as run_setup_loads() gives them */
	GPtrArray *starts;	/* struct run_boot_start * */
	GPtrArray *ends;	/* struct run_boot_end * */
	GPtrArray *unbuilt;	/* struct run_boot_end *, without a boot: arms whose kernel could not be made */
	GPtrArray *splats;	/* struct run_splat * */
	GPtrArray *traced_loads; /* struct run_load *; these and what follows are read through run-trace.h */
	GPtrArray *traces;	/* struct run_trace * */
	GPtrArray *hists;	/* struct run_hist * */
	GPtrArray *calls;	/* struct run_calls *, timed ones too */
	GPtrArray *locks;	/* struct run_lock * */
	GPtrArray *events;	/* struct run_events * */
	GPtrArray *memories;	/* struct run_memory *, as run_find_memory() of run-memory.h gives them */
	GHashTable *profiles;	/* struct run_profile *, as run_find_profile() of run-profile.h gives them */
	GHashTable *samples;	/* struct run_samples *, as run_find_samples() of run-samples.h gives them */
	unsigned int soak_s;	/* how long it is to run, a soak (docs/soak.md); 0: an ordinary run */
	bool torn;		/* the journal ended in half a line, which was left out */
} run;

/* Of an entry of the manifest's "arms": there is no kernel, and {"why"}. */
#define RUN_UNBUILT "unbuilt"

/* A soak of more than a year is none. */
#define RUN_SOAK_MAX_S 31536000

/* An empty run, to which what is read or made is added. */
struct run *run_new(const char *dir);

/* The run's own copy of @text: of equal texts it is the same pointer. */
char *run_name(const struct run *r, const char *text);

/* Takes @load, whose texts are run_name()s: one of all loops, and one of one loop. */
void run_add_load(struct run *r, struct run_load *load);
void run_add_setup(struct run *r, struct run_load *load);

/* Reads a run folder; the error names the file and line. */
struct run *run_read(const char *dir, GError **error);
void run_free(struct run *r);

/*
 * True when @boot has all loads of @cell (design.loads of them, and of one loop as many), and no splat in them.
 */
bool run_boot_has_cell(const struct run *r, const char *boot, const char *cell);

/* The journal's end of @boot, or NULL when it has none: the harness ended during it. Borrowed. */
const struct run_boot_end *run_find_end(const struct run *r, const char *boot);

/*
 * The boots of @arm that have @cell (run_boot_has_cell()), one per block, the last: an earlier one was repeated
 * because something else of it was missing. Array of GPtrArray * of struct run_load * (borrowed), ordered by
 * block. Caller frees.
 */
GPtrArray *run_complete_cells(const struct run *r, const char *arm, const char *cell);

/* The first splat of @boot, or NULL. Borrowed. */
const struct run_splat *run_find_splat(const struct run *r, const char *boot);

/*
 * True when the kernel of @arm could not be made, or @arm has a timed boot that ended in RUN_KERNEL or
 * RUN_TEST; *ret_end (may be NULL) is the first, borrowed. What became of its traced boots: run_trace_failed().
 */
bool run_arm_failed(const struct run *r, const char *arm, const struct run_boot_end **ret_end);

/* The loads of @cell with one loop in @boot, struct run_load *; NULL when there are none. Borrowed. */
const GPtrArray *run_setup_loads(const struct run *r, const char *boot, const char *cell);

/* Of a load's times: "us" when the accelerator keeps time, "instructions/1000" in counted mode. */
const char *run_unit(const struct run *r);
bool run_is_counted(const struct run *r);

const char *run_class_name(enum run_class class);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(run, run_free)
