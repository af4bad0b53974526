// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/calls.h"
#include "runners/agent/gate.h"
#include "runners/agent/kmsg.h"
#include "runners/agent/summary.h"
#include "runners/agent/taint.h"
#include "runners/splat.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * The input is a stream of records of /dev/kmsg, separated by NUL bytes, and at the same time a console log: all that
 * a hostile kernel can say to the agent and to the host. Corpus: tests/data/kmsg/.
 */
#define WORKERS 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int truth)
{
	if (!truth)
		abort();
}

static void try_record(struct gate *gate, struct summary *summary, struct calls *calls, const char *raw, size_t length)
{
	struct kmsg_record record;
	struct gate_hit hit;

	if (!kmsg_parse(raw, length, &record))
		return;
	require(record.text >= raw && record.text + record.length <= raw + length);
	if (gate_feed(gate, &record, &hit)) {
		require(kmsg_from_kernel(&record) && hit.kind);
		require(hit.text >= record.text && hit.text + hit.length <= record.text + record.length);
	}
	summary_feed(summary, record.text, record.length);
	calls_feed(calls, record.text, record.length);
	taint_from_log(record.text, record.length);
}

static void try_line(struct summary *summary, struct calls *calls, const char *line, size_t length)
{
	splat_match_console(line, length);
	splat_match(line, length);
	summary_feed(summary, line, length);
	calls_feed(calls, line, length);
}

/* Whatever passes has records whose buckets add up. */
static void try_calls(const struct calls *calls)
{
	char why[64] = "";
	json_t *records;

	require(calls_check(calls, why, sizeof(why)) == (why[0] == '\0'));
	if (why[0])
		return;
	records = calls_records(calls);
	require(json_array_size(records) <= CALL_KINDS);
	json_decref(records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t us[WORKERS];
	struct summary summary = { .test = "fix_size_alloc_test", .workers = WORKERS, .workers_us = us };
	struct gate gate = { 0 };
	struct calls calls = { 0 };
	size_t begin, end;
	char why[64] = "";

	for (begin = 0; begin < size; begin = end + 1) {
		const char *part = (const char *)data + begin;
		const char *stop = memchr(part, '\0', size - begin);
		const char *newline;

		end = stop ? (size_t)(stop - (const char *)data) : size;
		try_record(&gate, &summary, &calls, part, end - begin);
		newline = memchr(part, '\n', end - begin);
		try_line(&summary, &calls, part, newline ? (size_t)(newline - part) : end - begin);
	}
	require(summary_check(&summary, why, sizeof(why)) == (why[0] == '\0'));
	try_calls(&calls);
	require(memchr(why, '\0', sizeof(why)) != NULL);
	return 0;
}
