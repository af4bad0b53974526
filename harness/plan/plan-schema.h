/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <cyaml/cyaml.h>
#include <glib.h>

#include "plan.h"
#include "yaml-where.h"

/*
 * The form of a plan file: keys, types, ranges, defaults. Everything that can be said of one value alone stands
 * in the tables of plan-schema.c; what concerns several values together is in plan-check.c.
 */

/* Fills a struct plan from @text; NULL with "name:line:column: ..." (BENCH_ERROR_USAGE). */
struct plan *plan_schema_load(const char *text, const char *name, const struct yaml_where *where,
			      GError **error);
void plan_schema_free(struct plan *p);

/* "name:line:column: place: ..." for the value at @place. Always returns false. */
bool plan_refuse(const char *name, const struct yaml_where *where, const char *place, GError **error,
		 const char *format, ...) G_GNUC_PRINTF(5, 6);
