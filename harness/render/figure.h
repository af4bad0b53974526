/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/* Numbers as tables print them, at most the stated columns wide. All return a string the caller frees. */

#define FIGURE_TIME_WIDTH 9
#define FIGURE_GAIN_WIDTH 6

/* "12345.6"; "n/a" for NaN. */
char *figure_time(double time);

/* A percentage with its sign and without the percent sign: "+12.34", "+118.3", "+1e+06"; "n/a" for NaN. */
char *figure_gain(double percent);

#define FIGURE_SHORT_WIDTH 7

/* A count or a time where there is little room: "123.4", "9876543", "1.2e+09"; "n/a" for NaN. */
char *figure_short(double number);
