/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/attach-comparison.h"

/* Appends @part (TABLE_ALL, TABLE_LATENCY or TABLE_LOCKS) to @out. */
void attach_table_render(const struct attach_comparison *c, enum table_format format, enum table_part part,
			 GString *out);
