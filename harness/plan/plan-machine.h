/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan.h"
#include "base/yaml-where.h"

/* The most CPUs that a board may have, which says how many it has when it is reached. */
#define PLAN_BOARD_CPUS_MAX 1024

/*
 * Checks the machine of @p, or all of its list, and fills in what they leave out; then p->machine is the one
 * that @target (may be NULL) chooses, and p->target what a manifest has to keep of that. With @with_files board
 * files have to be there, and their paths are made absolute.
 */
bool plan_machine_settle(struct plan *p, const struct yaml_where *where, const struct plan_target *target,
			 bool with_files, GError **error);

/* The names of the machines that @p lists, "a, b"; caller frees. */
char *plan_machine_names(const struct plan *p);

/* Whether kernels are built for @arch (may be NULL), and the words of all such, "a, b"; caller frees. */
bool plan_machine_knows_arch(const char *arch);
char *plan_machine_arches(void);

bool plan_machine_is_counted(const struct plan_machine *m);
bool plan_machine_is_board(const struct plan_machine *m);
