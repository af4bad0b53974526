// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/gate.h"

#include "runners/splat.h"

#include <string.h>

/* Lines of one report follow each other at once; a second of silence in the log is the end of it. */
#define REPORT_GAP_US 1000000

/* How /dev/kmsg writes a line break inside a message. */
#define LINE_BREAK "\\x0a"

static bool feed_line(struct gate *gate, uint64_t time_us, const char *line, size_t length,
		      struct gate_hit *hit)
{
	static const char end[] = "---[ end trace";
	const struct splat *splat = splat_match(line, length);
	bool first;

	if (splat && gate->ignored_kind && strcmp(splat->kind, gate->ignored_kind) == 0)
		return false;
	if (!splat) {
		if (length >= sizeof(end) - 1 && memcmp(line, end, sizeof(end) - 1) == 0)
			gate->in_report = false;
		return false;
	}
	first = !gate->in_report || time_us > gate->report_us + REPORT_GAP_US;
	gate->in_report = true;
	gate->report_us = time_us;
	if (first)
		*hit = (struct gate_hit){ splat->kind, line, length };
	return first;
}

void gate_restart(struct gate *gate, const char *ignored_kind)
{
	gate->ignored_kind = ignored_kind;
	gate->in_report = false;
}

bool gate_feed(struct gate *gate, const struct kmsg_record *record, struct gate_hit *hit)
{
	const char *line = record->text;
	const char *limit = line + record->length;
	bool found = false;

	if (!kmsg_from_kernel(record))
		return false;
	while (!found && line < limit) {
		const char *end = memmem(line, (size_t)(limit - line), LINE_BREAK, sizeof(LINE_BREAK) - 1);

		found = feed_line(gate, record->time_us, line, (size_t)((end ? end : limit) - line), hit);
		line = end ? end + sizeof(LINE_BREAK) - 1 : limit;
	}
	return found;
}
