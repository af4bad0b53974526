/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "comparison.h"

/*
 * The sentences around tables, the same in every format that people read: arrays of char *, one paragraph each,
 * UTF-8, without newlines; the caller frees.
 */
GPtrArray *notes_new(void);
void notes_add(GPtrArray *notes, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Where the figures come from: kernels, machine, boots. */
GPtrArray *notes_origin(const struct comparison *c);

/* Of these what the guests ran on, and the host. */
void notes_add_machine(GPtrArray *notes, const struct comparison *c);

/* How @collector ("latency", "locks") of the tracing pass measured, and what that means. */
void notes_add_backends(GPtrArray *notes, const struct comparison *c, const char *collector);

/* "mt against rb", with what there is to say when an arm failed. Caller frees. */
char *notes_heading(const struct comparison *c, const struct comparison_arm *arm);

/* "TCG, emulated time, not silicon"; ... Caller frees. */
char *notes_accelerator(const struct run *r);

/*
 * What the kernels ran on: "qemu x86_64 (max), 8 CPUs", "board x1e0 (laptop) arm64, 8 CPUs"; with the name that
 * the plan gives the machine before it, when it lists several. Caller frees.
 */
char *notes_machine(const struct run *r);

/* The run folder's last name. Caller frees. */
char *notes_run_name(const struct run *r);

/* The kernel's manifest of arm @name as frozen in the run's manifest; borrowed, NULL when it is not there. */
const json_t *notes_kernel(const struct run *r, const char *name);

/* The clocks by which the timed loads of @arm were measured: "tsc", "hpet and tsc". Caller frees; NULL when
 * unknown. */
char *notes_clocks(const struct run *r, const char *arm);

/*
 * The words of the command that made the run, NULL-ended; the caller frees the array, not the words. NULL
 * when the manifest has none.
 */
const char **notes_command(const struct run *r);
