/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "kernels/kernel.h"
#include "plan/plan.h"

/*
 * The kernel of @arm on the machine of @p: out of the cache or built into it, as kernel_build() does. The one
 * place where the words of a plan become those of the kernels room. Errors begin with the arm's name.
 */
struct kernel *arm_kernel(const struct plan *p, const struct plan_arm *arm, GError **error);
