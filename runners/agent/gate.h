/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runners/agent/kmsg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The clean-log gate: finds the kernel's reports in a stream of records. Pure. One report gives one hit, that
 * of its first line: its further lines (a KASAN report ends in a panic, a BUG in an oops) match patterns as
 * well.
 */
struct gate {
	const char *ignored_kind;	/* what the running test provokes by design, or NULL */
	bool in_report;
	uint64_t report_us;	/* time of the report's last line that matched */
};

struct gate_hit {
	const char *kind;
	const char *text;	/* into the record; one line, not terminated */
	size_t length;
};

/* A new load begins: whatever matches next is a report of its own. */
void gate_restart(struct gate *gate, const char *ignored_kind);

/* True, and @hit, when @record begins a report. Records that processes wrote never do. */
bool gate_feed(struct gate *gate, const struct kmsg_record *record, struct gate_hit *hit);
