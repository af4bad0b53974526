/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/locks.h"
#include "render/page.h"

/*
 * Prints the locks of the arms that comparison_is_printed() with @only (may be NULL), each beside the baseline,
 * or why they are refused; then their legend. Nothing without locks.
 */
void locks_table_print(const struct page *p, const struct locks *l, const struct comparison_arm *only);
