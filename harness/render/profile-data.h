/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/json.h"
#include "findings.h"

/* The rows of one arm of a run's profile (data.h), appended to the array @rows: functions, calls. */
void profile_data_functions(const struct findings *f, unsigned int arm, json_t *rows);
void profile_data_lines(const struct findings *f, unsigned int arm, json_t *rows);
