/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/yaml-where.h"
#include "board.h"

/*
 * What each text of a board file has to be, what keys say of each other, defaults that are texts; makes paths
 * of this machine absolute and, @with_files, looks whether the files to be read are there. Nothing is run.
 * False with "file:line:column: ...".
 */
bool file_check(struct board *b, const struct yaml_where *where, bool with_files, GError **error);
