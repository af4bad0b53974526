/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/* How far boots and loads lie apart, row by row, and whether they drift. */
void spread_add(const struct view *v, GString *out);
