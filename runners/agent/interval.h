/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>

/*
 * What happened between two readings of one trace (trace_read() of bpf/trace.h): the records of @after with
 * the counts and sums of @before taken off, a bucket and a caller of which nothing is left taken out. "max_ns"
 * stays that of the whole trace: of the maxima of an interval nobody knows. What a caller of a lock has is an
 * estimate from all samples so far: its increases, none of them negative, are scaled to the waits of the
 * interval. Records of a moment ("state") are left out. Pure; new reference, NULL without memory.
 */
json_t *interval_between(const json_t *before, const json_t *after);
