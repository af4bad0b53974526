/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/* The run's own files in the page, to be saved; what is too large for it is named. */
void downloads_add(const struct view *v, GString *out);
