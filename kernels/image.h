/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "kernels/kernel.h"
#include "kernels/source.h"

/*
 * The kernel of a distribution's package, as it was built there (image:PACKAGE@SUITE): out of the cache, or
 * fetched and unpacked into it. A package that holds no kernel is followed to the one that it depends on. The
 * error is BENCH_ERROR_USAGE when @spec asks for what needs a source: series, config or layout.
 */
struct kernel *image_get(const struct kernel_spec *spec, const struct source_name *name, GError **error);
