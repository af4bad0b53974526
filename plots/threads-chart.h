/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/comparison.h"

/*
 * threads: each arm's figures against threads, a panel for each test.
 */
void threads_chart_add(struct drawings *all, const struct comparison *c);
