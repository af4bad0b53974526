/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "journal/run.h"
#include "plan/schedule.h"

/*
 * How long the boots of a sweep that are still to come will take, from those that were seen. A boot is expected
 * to take the median of the boots of its arm with the same rows, once there are three, and before that the
 * median of all arms with these rows; of rows that nobody has run yet it is guessed from all boots. Only good
 * boots count: what a hang takes says nothing. What the machinery spoilt, and had to be repeated, is added in
 * proportion.
 */
typedef struct outlook outlook;

struct outlook *outlook_new(void);
void outlook_free(struct outlook *o);

/* A boot like @boot took @seconds, and ended in @class. */
void outlook_add(struct outlook *o, const struct schedule_boot *boot, double seconds, enum run_class class);

/*
 * What the journal of @r has of @boots, all those of its schedule. What the machinery spoilt in earlier calls
 * has been mended, or was the person who stopped it, and does not count.
 */
void outlook_add_run(struct outlook *o, const struct run *r, const GPtrArray *boots);

/*
 * Seconds that @boot will take; NAN while no boot was good. *ret_rough becomes true, and is not touched
 * otherwise, when its rows were never run.
 */
double outlook_expect(const struct outlook *o, const struct schedule_boot *boot, bool *ret_rough);

/* How many boots ended in @class. */
guint outlook_ended(const struct outlook *o, enum run_class class);

/* By what the seconds of good boots are multiplied for those that have to be repeated: from 1 to 2. */
double outlook_repeats(const struct outlook *o);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(outlook, outlook_free)
