/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/yaml-where.h"
#include "plan.h"

/*
 * Settles the machine (plan-machine.h), and checks what a plan's values must be to each other, defaults that
 * depend on others, and, @with_files, the files it names: makes their paths absolute, expands a folder in a
 * series to its *.patch files. False with "file:line:column: ...".
 */
bool plan_check(struct plan *p, const struct yaml_where *where, const struct plan_target *target,
		bool with_files, GError **error);

/* Gives *@word, when it is NULL, the first of @known (NULL-ended); false when it is none of them. */
bool plan_check_word(const struct yaml_where *where, const char *place, char **word, const char *const *known,
		     GError **error);

/* 1 to 40 letters, digits, '.', '_' or '-', of which the first is a letter or digit. */
bool plan_name_is_plain(const char *name);

/* @path as seen from the plan's folder, absolute; caller frees. */
char *plan_beside(const struct plan *p, const char *path);
