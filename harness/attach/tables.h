/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "moment.h"

/*
 * What both the terminal and a pipe get to see, as arrays of struct line. The functions append to @lines; a
 * line has at most @width columns.
 */
struct line {
	char *text;
	bool head;		/* to stand out */
};

/* An empty array that frees its lines. Caller frees. */
GPtrArray *tables_new(void);
void tables_add_blank(GPtrArray *lines);

/* The kernel, the time, and @more. */
void tables_add_title(GPtrArray *lines, const struct moment *m, const char *more, guint width);

/*
 * A line for each collector: its backend, and what that measures. The state is read, not measured, and has
 * none.
 */
void tables_add_collectors(GPtrArray *lines, const struct moment *m, guint width);

/* How the vmalloc of this machine is doing: two lines at most, none when no collector says. */
void tables_add_state(GPtrArray *lines, const struct moment *m, guint width);

/* A head and a line for each function that this kernel has; nothing when latency is not measured. */
void tables_add_latency(GPtrArray *lines, const struct moment *m, guint width);

/* A head and at most @rows locks, those waited for longest first; a lock nobody ever waited for has none. */
void tables_add_locks(GPtrArray *lines, const struct moment *m, guint width, guint rows);

/* How many lines that is without a limit of rows. */
guint tables_lock_lines(const struct moment *m);

/*
 * The function that was called most often, with a bar for each power of two, at most @rows (>= 1) of them:
 * where most of the calls are. Nothing when nothing was called.
 */
void tables_add_busiest(GPtrArray *lines, const struct moment *m, guint width, guint rows);

/* How many lines that is without a limit of rows; 0 when nothing was called. */
guint tables_busiest_lines(const struct moment *m);
