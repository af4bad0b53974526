/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "render/findings.h"

/* A run as the page sees it; everything is borrowed. */
struct view {
	const struct run *run;
	const struct findings *findings; /* NULL: of a soak */
	const char *prefix;		 /* of the names in the page: "m1-" where it holds several runs */
	const GPtrArray *charts;	 /* struct chart *, and the folder in which they were drawn; or NULL */
	const char *folder;
	const char *lacks;		 /* why there are none, or NULL */
};
