/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/latency.h"
#include "render/page.h"

/*
 * Prints the latencies of the arms that comparison_is_printed() with @only (may be NULL), each against the
 * baseline, or why they are refused; then their legend. Nothing without latencies.
 */
void latency_table_print(const struct page *p, const struct latency *l, const struct comparison_arm *only);
