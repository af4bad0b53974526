/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "comparison.h"

/*
 * What the verdicts of several machines' own tables have in common, row by row. No figure of one machine meets
 * one of another: their units, their gates and their noise are different.
 */
enum agreement_kind {
	AGREEMENT_IMPROVED,	/* on every machine */
	AGREEMENT_REGRESSED,	/* on every machine */
	AGREEMENT_EQUIVALENT,	/* on every machine */
	AGREEMENT_OPPOSED,	/* improved on some, regressed on others */
	AGREEMENT_OPEN,		/* anything else: not all of them can tell, or they tell different things */
	AGREEMENT_KINDS,
};

/* The row of @arm and @cell, in the words of @machines. */
struct agreement_row {
	const char *arm, *cell;	/* borrowed */
	enum agreement_kind kind;
	GPtrArray *verdicts;	/* const char *, one for each machine; NULL: its table has no such verdict */
};

/* A table, and whose it is. */
struct agreement_side {
	const char *machine;
	const struct comparison *comparison;
};

/*
 * The rows of all candidates in the order of the first table. @sides: at least one; @only: this arm alone, or
 * NULL. Array of struct agreement_row *; caller frees.
 */
GPtrArray *agreement_new(const struct agreement_side *sides, guint count, const char *only);

/* "improved", "regressed", "equivalent", "opposed", "open". */
const char *agreement_kind_name(enum agreement_kind kind);

/* All of it in one paragraph. Caller frees. */
char *agreement_paragraph(const GPtrArray *rows, const struct agreement_side *sides, guint count);
