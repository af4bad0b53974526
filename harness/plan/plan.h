/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/*
 * plan.yaml: which kernels (arms), on what machine, how often (design), under which loads (cells).
 * docs/plan.md describes each key. The structs are filled by libcyaml from the tables in plan.c; every pointer
 * is owned by the plan.
 */
struct plan_arm {
	char *name;
	char *source;		/* linux-7.3 | deb:PACKAGE@SUITE | git:TREE@REF | tar:FILE | dir:FOLDER |
				   image:PACKAGE@SUITE */
	char **series;		/* patch files, absolute after plan_load(), in the order they are applied */
	unsigned int series_count;
	char *config;		/* a fragment on top of the architecture's, absolute, or NULL */
	unsigned int layout;	/* 0: as built; N: the same source with another code and data layout */
	char *append;		/* more kernel parameters, or NULL */
	const char *rebuild_of; /* the arm whose kernel this is in another layout, borrowed; NULL: it stands in
				   the plan */
	unsigned int step;	/* of a series run: its kernel has the first so many of the patches */
};

struct plan_machine {
	char *name;		/* of one that `machines` lists; NULL: the plan's only one */
	char *runner;		/* qemu | board */
	char *arch;		/* x86_64 | arm64; NULL: a board's, until its file is read */
	char *cpu;		/* QEMU's CPU model, or NULL: the runner's default */
	unsigned int smp;	/* 0: a board's, until it is reached */
	char *accel;		/* auto | kvm | tcg | counted; PLAN_ACCEL_BOARD of a board */
	bool nodes;		/* counted: 4 possible CPUs, 1 online, so that vmap nodes and pools exist */
	unsigned int memory_mib;	/* 0: sized from smp, threads and tests */
	char *board;		/* the board file, absolute after plan_load(); NULL: runner is not board */
};

/* One patch of a series run. */
struct plan_patch {
	char *file;		/* its name without the folder */
	char *subject;		/* what its mail says it is about, or its name */
};

/* What one boot of an arm runs. */
enum plan_pack {
	PLAN_PACK_CELL,		/* one cell: the default, cells of one boot are not independent */
	PLAN_PACK_TEST,		/* the cells of one test, shuffled */
	PLAN_PACK_ALL,		/* all cells, shuffled */
};

struct plan_design {
	unsigned int blocks;
	unsigned int loads;
	unsigned int seed;	/* of the order of boots, 0: one is drawn for each run */
	enum plan_pack pack;
	double gate_pct;	/* smallest effect that matters, percent of the baseline's time */
};

struct plan_limits {
	unsigned int boot_s;	/* QEMU's start to the agent's hello */
	unsigned int silence_s;	/* without any byte from the agent */
	unsigned int load_s;	/* one load */
	unsigned int run_s;	/* one call of sweep, looked at before each boot; 0: none */
};

/* The tracing pass: boots of their own in each block, which the timed ones know nothing of. */
struct plan_trace {
	bool latency;
	bool locks;
	unsigned int loads;	/* of each cell in each state of the probe; 0: the plan has no such pass */
	char *backend;		/* of latency (bpf/trace.h), or NULL: the first that works */
	char *source;		/* of locks, or NULL: the first that works */
};

/* One row of cells in the file: a test at several thread counts. */
struct plan_cell {
	char *test;
	unsigned int *threads;
	unsigned int threads_count;
	unsigned int loops;
	unsigned int pages;	/* of an area, or of a module's file; 0: the load's default */
	unsigned int live;	/* areas that our own module holds all the time; 0: its default */
	bool huge;		/* use_huge of test_vmalloc */
	bool latency;		/* our own module times each call */
	bool pressure;		/* caches are dropped between the cycles of a soak */
};

typedef struct plan {
	char *title;
	struct plan_arm *arms;
	unsigned int arms_count;
	char *baseline;
	bool aa;		/* the baseline once more, as arm PLAN_AA_ARM */
	unsigned int rebuilds;	/* counted: so many more images of the baseline, each an arm (plan-rebuild.h) */
	bool rebuild_candidates;	/* and of each other arm */
	bool subtract_setup;	/* each boot also runs each cell with one loop, and the figures are per loop */
	struct plan_machine machine;	/* the one that this plan, as loaded, runs on */
	struct plan_machine *machines;	/* as listed; of the chosen one only its name is left here */
	unsigned int machines_count;
	struct plan_design design;
	struct plan_limits limits;
	struct plan_trace trace;
	struct plan_cell *cells;
	unsigned int cells_count;

	/* Of a series run (plan-series.h); NULL in an ordinary plan. */
	GPtrArray *patches;	/* struct plan_patch *, in the order they are applied */
	json_t *series;		/* what a manifest has to keep to make the same arms again */
	json_t *target;		/* what a manifest has to keep of a struct plan_target: {"machine", "arch"} */

	char *path;		/* as given to plan_load() */
	char *text;		/* the file's content, to be frozen into the run's manifest */
} plan;

#define PLAN_AA_ARM "aa"

#define PLAN_RUNNER_BOARD "board"
#define PLAN_ACCEL_BOARD "board"	/* what times are of a board's own CPUs */

/* What the source of a kernel begins with that others have built: it has no series, config or layout. */
#define PLAN_IMAGE_FORM "image:"

static inline bool plan_arm_is_image(const struct plan_arm *arm)
{
	return g_str_has_prefix(arm->source, PLAN_IMAGE_FORM);
}

/* One row of the result: a test at one thread count. */
struct plan_row {
	char *name; /* "full_fit_alloc_test/8", "fix_size_alloc_test/1/p16/huge": unique in a plan */
	const struct plan_cell *cell;	/* borrowed */
	unsigned int threads;
};

/*
 * On which of its machines a plan runs, when that does not stand in it: the options --machine and --arch.
 */
struct plan_target {
	const char *machine;	/* the name of one that it lists; NULL: it has only one */
	const char *arch;	/* instead of that machine's; NULL: as it stands */
};

struct plan_choice;

/* What a manifest keeps of a plan besides its text. */
struct plan_frozen {
	struct plan_target target;
	json_t *series;			/* what plan->series was; NULL: it is no series run */
};

/*
 * Reads and checks the plan at @path; patch, config, tar, dir, git and board paths in it are relative to its
 * folder. @target may be NULL. NULL with BENCH_ERROR_USAGE, "file:line:column: what is wrong, what was
 * expected"; also when it lists machines and @target names none.
 */
struct plan *plan_load(const char *path, GError **error);
struct plan *plan_load_on(const char *path, const struct plan_target *target, GError **error);

/*
 * The plan at @path once for each machine: of those that it lists, only those whose names are in @machines
 * (NULL-ended), or all (NULL), in its order; otherwise for the only one. @arch: instead of that of a single
 * machine, or NULL. Array of struct plan *, which the caller unrefs.
 */
GPtrArray *plan_load_each(const char *path, const char *const *machines, const char *arch, GError **error);

/* The plan whose text is @text, as plan_load_on() would find it at @path. */
struct plan *plan_load_text(const char *text, const char *path, const struct plan_target *target,
			    GError **error);

/*
 * The same from the text frozen in a run's manifest; @path is where it came from. The patches and sources that
 * it names are not looked for: a run can be read where they are not. Its series stay as written.
 */
struct plan *plan_parse_frozen(const char *text, const char *path, GError **error);

/* The same with what else the manifest has of the plan. */
struct plan *plan_parse_manifest(const char *text, const char *path, const struct plan_frozen *frozen,
				 GError **error);

/*
 * The plan at @path with an arm for each patch, or @choice of it (NULL: all); plan-series.h. Its baseline
 * has the rebuilds that any plan's has.
 */
struct plan *plan_load_series(const char *path, const struct plan_target *target,
			      const struct plan_choice *choice, GError **error);
/*
 * What the board of @p says of itself: its architecture, which its file has, and its CPUs, which are known when
 * it is reached (0: not yet).
 */
void plan_set_board(struct plan *p, const char *arch, unsigned int cpus);
void plan_free(struct plan *p);

/* NULL when there is no arm of that name. Borrowed. PLAN_AA_ARM gives the baseline when the plan has aa. */
const struct plan_arm *plan_find_arm(const struct plan *p, const char *name);

/* Names of the arms as they are booted: those of the file in their order, then PLAN_AA_ARM. Caller frees. */
GPtrArray *plan_arm_names(const struct plan *p);

/*
 * "fix_size_alloc_test/1/p16/huge": what a row of @cell is called; without @threads (0), all its rows together.
 * Caller frees.
 */
char *plan_cell_name(const struct plan_cell *cell, unsigned int threads);

/* Whether each loop of @cell loads our own module and removes it (docs/soak.md). */
bool plan_cell_cycles(const struct plan_cell *cell);

/* Whether @cell is that of the load which reads what areas cost (docs/memory.md). */
bool plan_cell_reads_memory(const struct plan_cell *cell);

/* MiB that the `live` areas of such a cell take: their pages, and what describes them, generously. */
unsigned int plan_cell_held_mib(const struct plan_cell *cell);

/* All rows in the file's order. Array of struct plan_row *; caller frees. */
GPtrArray *plan_rows(const struct plan *p);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(plan, plan_free)
