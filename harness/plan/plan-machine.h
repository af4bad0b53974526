/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan.h"
#include "yaml-where.h"

/* The most that a plan may ask of a board, whose CPUs are known when it is reached. */
#define PLAN_BOARD_CPUS_MAX 1024

/*
 * Checks the machine @m of @p, which stands at @place, and fills in what it leaves out. With @with_files its
 * board file has to be there, and its path is made absolute.
 */
bool plan_machine_check(const struct plan *p, struct plan_machine *m, const char *place,
			const struct yaml_where *where, bool with_files, GError **error);

bool plan_machine_is_counted(const struct plan_machine *m);
bool plan_machine_is_board(const struct plan_machine *m);
