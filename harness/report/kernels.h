/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/* Of what each arm's kernel was made, and what differs between it and the baseline's. */
void kernels_add(const struct view *v, GString *out);
