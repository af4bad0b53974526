/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "source.h"

/*
 * Appends the boots' figures of @sources to @out as Go's benchmark format has them
 * (docs/export.md): a line for each boot and row.
 */
void benchstat_print(const struct source_list *sources, GString *out);
