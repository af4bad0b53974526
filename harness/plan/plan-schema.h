/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "base/yaml-where.h"
#include "plan.h"

/*
 * The form of a plan file: keys, types, ranges, defaults. Everything that can be said of one value alone stands
 * in the tables of plan-schema.c; what concerns several values together is in plan-check.c.
 */

/* Fills a struct plan from @text, of which @where was made; NULL with "name:line:column: ...". */
struct plan *plan_schema_load(const char *text, const struct yaml_where *where, GError **error);
void plan_schema_free(struct plan *p);
