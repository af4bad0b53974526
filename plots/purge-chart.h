/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/latency.h"

/*
 * purges: how much each load of the tracing pass purged, in the order of the boots. None when nothing was
 * counted, or nothing purged. Arms that are refused are left out.
 */
void purge_chart_add(struct drawings *all, const struct latency *l);
