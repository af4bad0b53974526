/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Appends the boots' figures of @sources (struct source *) to @out as Go's benchmark format has them
 * (docs/export.md): a line for each boot and row.
 */
void benchstat_print(const GPtrArray *sources, GString *out);
