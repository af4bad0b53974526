/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "source.h"

/* PRAGMA user_version of the databases: the version of docs/export.md's schema. */
#define SQLITE_SCHEMA_VERSION 1

/*
 * The relations of @sources as the database @path, with the views of docs/export.md. It is
 * written beside and renamed: there is a whole one, or what was there before. False with BENCH_ERROR_INFRA when
 * it cannot be written.
 */
bool sqlite_write(const struct source_list *sources, const char *path, GError **error);
