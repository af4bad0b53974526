/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "render/findings.h"

/* A run as the page sees it; everything is borrowed. */
struct view {
	const struct run *run;
	const struct findings *findings; /* NULL: of a soak */
	const char *prefix;		 /* of the names in the page: "m1-" where it holds several runs */
	const char *charts;		 /* folder of its charts, of an earlier drawing */
	const char *lacks;	/* why that is not there, or NULL */
};
