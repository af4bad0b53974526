/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/comparison.h"

/*
 * purges: what the purges of each load of the tracing pass did, in the order of the boots. None without
 * events.
 */
void purge_chart_add(struct drawings *all, const struct comparison *c);
