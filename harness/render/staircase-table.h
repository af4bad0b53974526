/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/json.h"
#include "page.h"
#include "staircase.h"

/*
 * The patches with what their kernels take, then for each test what each patch gains over the base and over the
 * kernel before it. Nothing when @s is NULL.
 */
void staircase_table_print(const struct page *p, const struct staircase *s);

/* A row for programs (data.h) of each step and test; an empty array when @s is NULL. New reference. */
json_t *staircase_table_data(const struct staircase *s);
