/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/json.h"
#include "findings.h"
#include "page.h"

/*
 * Of each printed arm, and of struct vmap_area and struct vmap_node: a member diff against the baseline's, when
 * they differ; otherwise a sentence. @only: the only arm that is printed, or NULL.
 */
void layout_table_print(const struct page *p, const struct comparison *c, const struct comparison_arm *only);

/* The rows of one arm for programs (data.h), appended to the array @rows: members of structs that differ. */
void layout_table_data(const struct findings *f, unsigned int arm, json_t *rows);
