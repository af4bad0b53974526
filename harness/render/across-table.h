/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/across.h"
#include "render/table.h"

/* Appends the tables of two runs to @out. */
void across_table_render(const struct across *a, enum table_format format, GString *out);
