/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/live-memory.h"

/* live-CELL for each cell whose loads held areas: bytes for each area, the arms side by side (profile.gp). */
void live_memory_chart_add(struct drawings *all, const struct live_memory *m);
