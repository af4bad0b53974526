/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "journal/run.h"
#include "plan/schedule.h"

/* A sweep as the person who waits for it sees it: where it is, what went wrong, how long it still takes. */
typedef struct display display;

/*
 * Of the run @r, which has to outlive it; @boots are all of its schedule, of which it has @done
 * already, or NULL: a soak has no last one, and has run for @soaked_s already.
 */
struct display *display_open(const struct run *r, const GPtrArray *boots, guint done, double soaked_s);

/*
 * @boots (struct schedule_boot *) are to be run, and the one @at begins now; those behind it that @is_left_out
 * is true of will not be. All stay borrowed until the next call.
 */
void display_boot(struct display *d, const GPtrArray *boots, guint at,
		  bool (*is_left_out)(const struct schedule_boot *boot, const void *data), const void *data);

/* The boot that began last has run a load of @cell. */
void display_load(struct display *d, const char *cell);

/* An attempt at @boot has ended. */
void display_ended(struct display *d, const struct schedule_boot *boot, double seconds, enum run_class class);

/* What went wrong, at once; @why is a clause, and @then what comes of it: after RUN_INFRA, the boot once more. */
void display_failure(struct display *d, const char *boot, enum run_class class, const char *why,
		     const char *then);

/* The boots are done. */
void display_finish(struct display *d);

/* NULL is a no-op. */
void display_close(struct display *d);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(display, display_close)
