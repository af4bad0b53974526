/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "comparison.h"

/* The sentences around the tables of times, as those of notes.h. */

/* Above the tables: what was compared, failures, this host's noise floor or the layouts' gates. */
GPtrArray *timed_notes_above(const struct comparison *c);

/* Of it, what went wrong: failures, other clocks; that a run is synthetic. */
void timed_notes_add_state(GPtrArray *notes, const struct comparison *c);

/* The method in two sentences. */
void timed_notes_add_method(GPtrArray *notes, const struct comparison *c);

/*
 * Below: the legend, rows that need a word, the spread and drift. @only: the only arm that is printed, or NULL.
 * @brief: what the method has is not said again, and of the rows only what is missing.
 */
GPtrArray *timed_notes_below(const struct comparison *c, const struct comparison_arm *only, bool brief);

/* Its two parts: all but the spread and drift, and these, of which counted runs have nothing. */
void timed_notes_add_reading(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *only,
			     bool brief);
void timed_notes_add_spread(GPtrArray *notes, const struct comparison *c);
