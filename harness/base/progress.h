/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "status.h"

/*
 * Shows on standard error how far long work is. On the terminal that controls us: one to three lines redrawn
 * in place, which go on between two calls, as a thread of their own redraws them. Elsewhere: a plain line at
 * the start, at most every 15 s, and at the end. With msg_set(): nothing, or JSON Lines. One that is begun
 * while another is shown stands in its place until it ends.
 */
typedef struct progress progress;

/* @total: the number of steps, 0 when it is not known. */
struct progress *progress_new(const char *what, guint64 total);

/*
 * @done steps are behind us; @detail (may be NULL) names what is under way. Cheap: call it at every step. The
 * time left is that of steps that take as long as those behind us.
 */
void progress_update(struct progress *p, guint64 done, const char *detail);

/* The same for who knows more. @s is copied; its what, elapsed_s and step_s are ours. */
void progress_step(struct progress *p, const struct status *s);

/* The word @index of the step under way has become @text, which is copied. */
void progress_word(struct progress *p, guint index, const char *text);

/* Something went wrong that does not end the work: a warning (msg.h), for the rooms that have none. */
void progress_warn(const struct progress *p, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Ends with the elapsed time and @summary (may be NULL), and frees @p. */
void progress_finish(struct progress *p, const char *summary);

/* Frees without a last line: the caller reports an error itself. NULL is a no-op. */
void progress_free(struct progress *p);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(progress, progress_free)
