/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "moment.h"

/* Pictures of a moment, as arrays of struct line (tables.h). Caller frees. */

/*
 * For a terminal: at most @height lines of at most @width columns. What does not fit is left out, bars first,
 * then locks. @total: m->shown is the total, and not the last interval.
 */
GPtrArray *view_screen(const struct moment *m, bool total, guint width, guint height);

/* As text of any length; the bars are for the total only. */
GPtrArray *view_block(const struct moment *m, bool total, guint width);
