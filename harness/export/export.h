/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "source.h"

/* What was measured, for other programs (docs/export.md). Summaries are compare's. */
enum export_format {
	EXPORT_CSV,
	EXPORT_SQLITE,
	EXPORT_BENCHSTAT,
	EXPORT_KTAP,
};

/* False with BENCH_ERROR_USAGE that lists the names; @name may be NULL, which none was given. */
bool export_format_parse(const char *name, enum export_format *ret_format, GError **error);

/*
 * Writes @sources to @out: the folder of EXPORT_CSV, the file of the others; NULL: to
 * standard output, of EXPORT_CSV the loads alone. BENCH_ERROR_USAGE when the format cannot have that output, or
 * says nothing of a soak; BENCH_ERROR_INFRA when it cannot be written.
 */
bool export_write(const struct source_list *sources, enum export_format format, const char *out,
		  GError **error);
