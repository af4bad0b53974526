/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * Numbers as they stand in a column: three digits, no blanks, at most 6 characters. NaN, which is what an empty
 * histogram has for a quantile, is "-".
 */

/* "812ns", "1.23us", "45.6ms", "120s". */
void figures_add_ns(GString *text, double ns);

/* "0", "0.25", "12.5", "999", "12.3k", "4.56M". */
void figures_add_number(GString *text, double number);
