/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "render/pilot.h"

/* What a plan will be able to say, told before it runs (docs/power.md). */
#define FORECAST_BLOCKS_MAX 200		/* the most that a plan may have */

/*
 * A sentence when @p has too few blocks, or images, for any mark, with the number needed; NULL when it has
 * enough. Caller frees.
 */
char *forecast_warning(const struct plan *p);

struct forecast {
	const struct plan *plan;	/* timed */
	const struct run *run;		/* with @pilot, the run it comes from */
	const struct pilot *pilot;	/* NULL: the noise is assumed */
	double effect_pct;		/* gain that is wanted, above the gate; NAN: none */
};

/* Appends the forecast as text. */
void forecast_print(const struct forecast *f, GString *out);
