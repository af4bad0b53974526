/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/yaml-where.h"
#include "plan.h"

/*
 * What a plan's values must be to each other, defaults that depend on others, and, @with_files, the files it
 * names: makes their paths absolute, expands a folder in a series to its *.patch files. False with
 * "file:line:column: ...".
 */
bool plan_check(struct plan *p, const struct yaml_where *where, bool with_files, GError **error);
