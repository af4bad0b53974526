/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/* How the boots ended; of those that failed why, what the kernel reported, and the last lines of its console.
 */
void ends_add(const struct view *v, GString *out);
