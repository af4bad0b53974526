/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>

#include "journal/sample.h"

/* What there is to be shown at one moment. All borrowed. */
struct moment {
	const char *kernel;		/* its release */
	const json_t *trace;		/* trace_describe() */
	const struct sample *total;	/* since the beginning */
	const struct sample *shown;	/* since the moment before, or the total once more */
	double shown_s;			/* what passed in it; NaN: too little for a rate */
	double for_s;			/* how long it is to go on; 0: until it is stopped */
};
