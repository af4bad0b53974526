/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/comparison.h"

/* Digits that say nothing would take a chart's room: the unit is chosen by the largest figure. */
struct unit {
	double below;			/* for figures up to here */
	double scale;			/* by which they are divided */
	const char *time, *counted;	/* for an axis: "time, ms"; "million instructions" */
	const char *time_short, *counted_short;	/* behind a number: "ms"; "M" */
};

/* That of figures of @c up to @highest; static. */
const struct unit *unit_of(const struct comparison *c, double highest);

/* The largest figure of any boot. */
double unit_highest(const struct comparison *c);
