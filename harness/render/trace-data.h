/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/json.h"
#include "findings.h"

/* The rows of one arm of a run's tracing pass (data.h), appended to the array @rows. */
void trace_data_latency(const struct findings *f, unsigned int arm, json_t *rows);
void trace_data_locks(const struct findings *f, unsigned int arm, json_t *rows);
/* The baseline has some of these, too. */
void trace_data_overhead(const struct findings *f, unsigned int arm, json_t *rows);
