/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/json.h"
#include "live-memory.h"
#include "page.h"

/* A table for each printed arm, in bytes for each area; nothing when no load held any. @only as elsewhere. */
void live_memory_table_print(const struct page *p, const struct live_memory *m,
			     const struct comparison_arm *only);

/* The rows of one arm for programs (data.h), appended to the array @rows: one for each cell and figure. */
void live_memory_table_data(const struct live_memory *m, unsigned int arm, json_t *rows);
