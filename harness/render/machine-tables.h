/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "table.h"

/* The tables of the runs of a plan on several machines, one after the other, never in one. */
struct machine_table {
	const char *machine;		/* borrowed */
	const struct findings *findings;	/* borrowed; NULL: there is none, and @missing says why */
	const char *missing;
	const struct comparison_arm *arm;	/* of the findings: only this one, or NULL */
};

/*
 * Appends all of @tables: text and markdown with what their rows have in common above them, and a heading over
 * each; csv as one csv after the other, each behind a line "# machine NAME: ..."; json as one object with the
 * list "machines", each with the object of its own as "comparison", and the rows' "agreement". @name: of the
 * folder of the runs.
 */
void machine_tables_render(const char *name, const struct machine_table *tables, guint count,
			   enum table_format format, enum table_part part, GString *out);
