/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * One line of progress: what, how far, time left. On a terminal it is redrawn in place; elsewhere a plain line
 * is printed at the start, at most every 15 s, and at the end. Goes to standard error.
 */
typedef struct progress progress;

/* @total: the number of steps, 0 when it is not known (then no time left is printed). */
struct progress *progress_new(const char *what, guint64 total);

/* @done steps are behind us; @detail (may be NULL) names what is under way. Cheap: call it at every step. */
void progress_update(struct progress *p, guint64 done, const char *detail);

/* Ends the line with the elapsed time and @summary (may be NULL), and frees @p. */
void progress_finish(struct progress *p, const char *summary);

/* Frees without a last line: the caller reports an error itself. NULL is a no-op. */
void progress_free(struct progress *p);

/* Wipes a half-drawn line so that something else may be printed; the next update draws it again. */
void progress_clear_line(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(progress, progress_free)
