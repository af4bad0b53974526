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

/*
 * Appends to @notes (notes.h) how many rows of the patches, each against the kernel before it, are what; then
 * those that regressed, by patch.
 */
void staircase_table_add_steps(GPtrArray *notes, const struct staircase *s);

/* A row for programs (data.h) of each step and test; an empty array when @s is NULL. New reference. */
json_t *staircase_table_data(const struct staircase *s);
