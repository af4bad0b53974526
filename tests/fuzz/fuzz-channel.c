// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "runners/lines.h"
#include "runners/qmp.h"
#include "runners/record.h"

/*
 * What a hostile guest writes to the agent's port, and what comes from QEMU's monitor. Whatever passes record_parse()
 * has its keys. Corpus: tests/data/channel/.
 */
#define LONGEST 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_hist(const json_t *hist)
{
	gint64 left = json_count(hist, "count", -1);
	json_t *pair;
	size_t i;

	json_array_foreach(json_object_get(hist, "buckets"), i, pair)
		left -= json_integer_value(json_array_get(pair, 1));
	if (left != 0)
		abort();
}

static void try_samples(const json_t *samples)
{
	gint64 left = json_count(samples, "samples", -1);
	size_t names = json_array_size(json_object_get(samples, "names"));
	json_t *stack;
	size_t i;

	json_array_foreach(json_object_get(samples, "stacks"), i, stack) {
		left -= json_integer_value(json_array_get(stack, 0));
		for (size_t k = 1; k < json_array_size(stack); k++) {
			if ((size_t)json_integer_value(json_array_get(stack, k)) >= names)
				abort();
		}
	}
	if (left != 0)
		abort();
}

static void try_record(const char *line)
{
	g_autoptr(GError) error = NULL;
	struct record record;

	if (record_parse(line, &record, &error)) {
		if (!json_text(record.json, "t"))
			abort();
		if (record.kind == RECORD_LOAD && json_array_size(json_object_get(record.json, "workers_us")) < 1)
			abort();
		if (record.kind == RECORD_HIST || record.kind == RECORD_CALLS)
			try_hist(record.json);
		if (record.kind == RECORD_SAMPLES)
			try_samples(record.json);
		record_clear(&record);
	} else if (!error) {
		abort();
	}
}

static void try_lines(const char *bytes, size_t size)
{
	struct lines l;
	char *line;

	lines_init(&l, LONGEST);
	for (size_t at = 0; at < size && !lines_overflowed(&l); at += 100) {
		lines_feed(&l, bytes + at, MIN(size - at, 100));
		while ((line = lines_next(&l))) {
			if (strlen(line) >= LONGEST)
				abort();
			try_record(line);
			g_free(line);
		}
	}
	lines_release(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *why = NULL;
	enum runner_end end = qmp_end(text, &why);

	if ((end == RUNNER_RUNNING) != (why == NULL))
		abort();
	try_lines((const char *)data, size);
	return 0;
}
