/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/* What whoever reads ten seconds has to know: a sentence for each arm, the error of all of them, what went
 * wrong. */
void verdict_add(const struct view *v, GString *out);
