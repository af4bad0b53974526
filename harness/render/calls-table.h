/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/json.h"
#include "render/calls.h"
#include "render/page.h"

/*
 * Prints the calls of the baseline and of the arms that comparison_is_printed() with @only (may be NULL), and
 * their legend. Nothing without calls.
 */
void calls_table_print(const struct page *p, const struct calls *calls, const struct comparison_arm *only);

/* The same of one arm as rows for programs (data.h), appended to the array @rows. */
void calls_table_data(const struct calls *calls, unsigned int arm, json_t *rows);
