/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "comparison.h"

/*
 * A comparison for programs; every row of every arm but the baseline, or of @only. A number that is not known
 * is null, or an empty field. Ten significant digits: the journal keeps the samples.
 */
void table_data_csv(const struct comparison *c, const struct comparison_arm *only, GString *out);
void table_data_json(const struct comparison *c, const struct comparison_arm *only, GString *out);
