/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/overhead.h"
#include "render/page.h"

/* Prints what the probes cost in the baseline and in the arms that comparison_is_printed() with @only (may be
 * NULL). */
void overhead_table_print(const struct page *p, const struct overhead *o, const struct comparison_arm *only);
