/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "findings.h"
#include "page.h"

/*
 * The form in which perf's profiles are sent to lists: for each shown arm and each cell the functions with
 * their shares of the samples on either arm, and what the whole loads took. Nothing when the run was not
 * sampled. @only: see comparison_is_printed().
 */
void samples_table_print(const struct page *p, const struct samples *s, const struct comparison_arm *only);

/* The same as rows for programs: all functions of @arm, and what is not of one function in each of them. */
void samples_table_data(const struct findings *f, unsigned int arm, json_t *rows);
