/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "source.h"

/*
 * The relations of @sources as files NAME.csv in the folder @dir, which is made when it is
 * not there; those without rows are left out, and are removed when they are there. False with BENCH_ERROR_INFRA
 * when one cannot be written.
 */
bool csv_write(const struct source_list *sources, const char *dir, GError **error);

/* The loads alone, appended to @out. */
void csv_print_loads(const struct source_list *sources, GString *out);
