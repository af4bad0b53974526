/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/json.h"
#include "findings.h"
#include "page.h"

/*
 * What the sections of vmlinux take in memory, of the baseline and each printed arm, with the differences;
 * nothing when no manifest says. @only: the only arm that is printed, or NULL.
 */
void sections_table_print(const struct page *p, const struct comparison *c, const struct comparison_arm *only);

/* The row of one arm for programs (data.h), appended to the array @rows. */
void sections_table_data(const struct findings *f, unsigned int arm, json_t *rows);
