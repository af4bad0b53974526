/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/yaml-where.h"
#include "plan.h"

/* `rebuilds`: images of one source that differ in nothing but their layout, as arms that do not stand in the
 * plan. */

/* Whether each arm that is to be rebuilt can be. False with "file:line:column: ...". */
bool plan_rebuild_check(const struct plan *p, const struct yaml_where *where, GError **error);

/*
 * Adds the arms NAME~1, NAME~2, ... behind those of the plan, of the layouts behind that of NAME. A plan cannot
 * name an arm so.
 */
void plan_rebuild_add(struct plan *p);
