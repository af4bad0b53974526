/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/page.h"
#include "render/profile.h"

/* Instructions by function, and calls with their cache lines, with their legends; nothing without a profile. */
void profile_table_print(const struct page *p, const struct profile *of, const struct comparison_arm *only);
void profile_table_print_lines(const struct page *p, const struct profile *of,
			       const struct comparison_arm *only);
