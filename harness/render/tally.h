/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "render/contrast.h"

/* How many rows of a table are what, for a reader who does not count them, and which of them regressed. */
typedef struct tally tally;

struct tally *tally_new(void);
void tally_free(struct tally *t);

/* @row, printed under @name; @gated: it has a gate instead of an interval. */
void tally_add(struct tally *t, const struct contrast *row, bool gated, const char *name);

/*
 * Appends to @notes (notes.h) what @heading came to, "mt against rb: 36 rows: 30 improved, ...", and what
 * regressed, each with its gain and its interval or gate.
 */
void tally_note(const struct tally *t, const char *heading, GPtrArray *notes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(tally, tally_free)
