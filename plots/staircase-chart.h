/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/staircase.h"

/*
 * staircase: per test the gain over the base after each patch, marked by what the patch does to the kernel
 * before it. None when no kernel has a figure.
 */
void staircase_chart_add(struct drawings *all, const struct staircase *s);
