/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "comparison.h"

/*
 * Appends to @notes (notes.h) what a row can read although nothing differs: by time the A/A arm's noise floor,
 * in counted mode what other layouts do, and whether boots repeat.
 */
void floor_notes_add(GPtrArray *notes, const struct comparison *c);
