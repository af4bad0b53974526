// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/meters.h"
#include "runners/record.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/*
 * The input is /proc/slabinfo and /proc/meminfo of a hostile kernel at one moment after the other, separated by NUL
 * bytes. Whatever the agent makes of them, the host takes its record. Corpus: tests/data/meters/.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_lines(struct meters *m, const char *text)
{
	const char *line = text;

	while (line) {
		meters_take_cache(m, line);
		meters_take_total(m, line);
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (m->caches_count > RECORD_CACHES_MAX)
		abort();
}

static void send(const struct meters *moments)
{
	g_autojson json = meters_record(moments, 1000, 4096);
	g_autofree char *line = NULL;
	g_autoptr(GError) error = NULL;
	struct record record;

	json_object_set_new(json, "cell", json_string("memory_load/1/l1000"));
	json_object_set_new(json, "load", json_integer(0));
	line = json_line(json);
	if (!line || !record_parse(line, &record, &error))
		abort();
	record_clear(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree struct meters *moments = g_new0(struct meters, METERS_MOMENTS);
	g_autofree char *text = g_malloc(size + 1);
	const char *part = text;

	memcpy(text, data, size);
	text[size] = '\0';
	for (int i = 0; i < METERS_MOMENTS && part <= text + size; i++) {
		take_lines(&moments[i], part);
		part += strlen(part) + 1;
	}
	meters_are_same(&moments[METERS_BEFORE], &moments[METERS_HELD]);
	send(moments);
	return 0;
}
