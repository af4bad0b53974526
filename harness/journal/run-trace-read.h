/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "fields.h"
#include "run-trace.h"

/* Between run.c, which reads the journal, and run-trace.c, which knows the records of the tracing pass. */
enum run_probe run_probe_read(struct fields *f, const char *key);
void run_trace_read(struct fields *f, struct run *r);
void run_hist_read(struct fields *f, struct run *r);
void run_calls_read(struct fields *f, struct run *r);
void run_lock_read(struct fields *f, struct run *r);
void run_events_read(struct fields *f, struct run *r);
void run_trace_free(gpointer data);
void run_hist_free(gpointer data);
void run_calls_free(gpointer data);
void run_lock_free(gpointer data);
void run_events_free(gpointer data);
void run_at_read(struct fields *f, struct run_at *at);
void run_at_clear(struct run_at *at);
/* Of a load in its boot, as a key. Caller frees. */
char *run_at_place(const char *boot, const char *cell, unsigned int load);

/* The same for run-memory.c, which knows those of loads that hold areas. */
void run_memory_read(struct fields *f, struct run *r);
void run_memory_free(gpointer data);

/* The same for run-profile.c, which knows those of the profiler. */
void run_profile_read(struct fields *f, struct run *r);
void run_profile_free(gpointer data);

/* And for run-samples.c. */
void run_samples_read(struct fields *f, struct run *r);
void run_samples_free(gpointer data);

/* True when a splat voids @cell of @boot. */
bool run_boot_has_splat(const struct run *r, const char *boot, const char *cell);
/* The first end of a boot of @arm that failed, among the traced boots or among the others. */
bool run_find_failure(const struct run *r, const char *arm, bool traced, const struct run_boot_end **ret_end);
