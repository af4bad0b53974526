/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"

/* A chart of bars, each stacked from the shares of its callers. */
struct bars_part {
	char *caller;
	double waits;
};

struct bars_bar {
	char *label;		/* "vn[*].busy, mt" */
	GArray *parts;		/* struct bars_part */
	double rest;		/* waits whose caller is not known */
};

/* An array of struct bars_bar * that owns them. */
GPtrArray *bars_list_new(void);
struct bars_bar *bars_add(GPtrArray *bars, const char *lock, const char *label);

/* @waits more of @caller, copied; NULL: not known. */
void bars_add_part(struct bars_bar *bar, const char *caller, double waits);

/* Fills @d, of locks.gp, with @bars; @unit: of their axis. */
void bars_finish(struct drawing *d, const GPtrArray *bars, const char *unit);
