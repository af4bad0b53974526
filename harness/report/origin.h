/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/* What it was measured on, and how it is done again. */
void origin_add(const struct view *v, GString *out);
