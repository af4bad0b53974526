/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "base/json.h"
#include "table.h"

/*
 * A run's findings for programs; every row of every arm but the baseline, or of @only. csv: the rows of one
 * part (with TABLE_ALL: those of times). json: an object with the rows of all of them, or of @part.
 */
void table_data_csv(const struct findings *f, enum table_part part, const struct comparison_arm *only,
		    GString *out);
/* The object of table_data_json(); new reference. */
json_t *table_data_new(const struct findings *f, enum table_part part, const struct comparison_arm *only);
void table_data_json(const struct findings *f, enum table_part part, const struct comparison_arm *only,
		     GString *out);
