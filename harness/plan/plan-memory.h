/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/yaml-where.h"
#include "plan.h"

/* The load which reads what areas cost (docs/memory.md). */
#define PLAN_MEMORY_TEST "memory_load"

/*
 * Whether cell @index of @p is a good one of PLAN_MEMORY_TEST, or none at all, and the machine has memory
 * enough for it; sets its loops. Called for each cell when the plan is checked.
 */
bool plan_memory_check(struct plan *p, const struct yaml_where *where, unsigned int index, GError **error);
