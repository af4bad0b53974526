/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/live-memory.h"

/* live-CELL for each cell whose loads held areas: bytes for each area, the arms side by side (profile.gp). */
bool live_memory_chart_draw(const struct live_memory *m, const char *dir, GError **error);
