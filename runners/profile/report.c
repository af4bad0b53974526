// SPDX-License-Identifier: GPL-2.0-only
#include "runners/profile/report.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "runners/profile/counters.h"
#include "runners/profile/follower.h"
#include "runners/profile/symbols.h"

static const char *const line_names[LINE_KINDS] = {
	[LINE_DATA] = "data",
	[LINE_WRITTEN] = "written",
	[LINE_STACK] = "stack",
	[LINE_CODE] = "code",
};

bool report_open(struct report *r, const char *path, const struct symbols *symbols,
		 const struct counters *counters, struct follower *follower, const char *const *watched)
{
	*r = (struct report){
		.symbols = symbols, .counters = counters, .follower = follower, .watched = watched,
	};
	r->begin = calloc(counters->count, sizeof(*r->begin));
	r->first = calloc(counters->count, sizeof(*r->first));
	r->last = calloc(counters->count, sizeof(*r->last));
	if (!r->begin || !r->first || !r->last) {
		errno = ENOMEM;
		return false;
	}
	r->file = fopen(path, "we");
	return r->file;
}

/* A module that reads the clock more often than this times its operations one by one. */
#define CLOCKS_MAX 1000

static void take(const struct report *r, uint64_t *values)
{
	memcpy(values, counters_values(r->counters), r->counters->count * sizeof(*values));
}

void report_clock(struct report *r)
{
	if (r->open && ++r->clocks <= CLOCKS_MAX)
		take(r, r->clocks == 1 ? r->first : r->last);
}

/* Between the first and the last reading of the clock. */
static uint64_t timed(const struct report *r, size_t number)
{
	return r->clocks < 2 || r->clocks > CLOCKS_MAX ? 0 : r->last[number] - r->first[number];
}

static json_t *pair(uint64_t first, uint64_t second)
{
	return json_pack("[I, I]", (json_int_t)first, (json_int_t)second);
}

/* Functions of one name, of several files, are one. */
static void add_function(json_t *functions, const char *name, uint64_t timed, uint64_t whole)
{
	const json_t *before = json_object_get(functions, name);

	timed += json_integer_value(json_array_get(before, 0));
	whole += json_integer_value(json_array_get(before, 1));
	json_object_set_new(functions, name, pair(timed, whole));
}

static json_t *describe_functions(const struct report *r)
{
	const uint64_t *now = counters_values(r->counters);
	json_t *functions = json_object();

	for (size_t i = 0; i < r->counters->count - 1; i++) {
		if (now[i] > r->begin[i])
			add_function(functions, symbols_name(r->symbols, i), timed(r, i), now[i] - r->begin[i]);
	}
	return functions;
}

static json_t *describe_tally(const struct follower_tally *tally)
{
	json_t *list = json_array();

	for (size_t lines = 0; lines < tally->size; lines++) {
		if (tally->calls[lines] > 0)
			json_array_append_new(list, pair(lines, tally->calls[lines]));
	}
	return list;
}

static json_t *describe_call(const char *name, const struct follower_figures *f)
{
	json_t *call = json_pack("{s:s, s:I, s:I, s:I}", "function", name, "calls", (json_int_t)f->calls,
				 "instructions", (json_int_t)f->instructions, "lost", (json_int_t)f->lost);
	json_t *lines = json_object();

	for (int kind = 0; kind < LINE_KINDS; kind++)
		json_object_set_new(lines, line_names[kind], describe_tally(&f->lines[kind]));
	json_object_set_new(call, "lines", lines);
	return call;
}

static json_t *describe_calls(const struct report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; r->watched[i]; i++) {
		const struct follower_figures *f = follower_figures(r->follower, i);

		if (f->calls > 0 || f->lost > 0)
			json_array_append_new(list, describe_call(r->watched[i], f));
	}
	return list;
}

static void write_load(struct report *r)
{
	size_t all = r->counters->count - 1;
	uint64_t whole = counters_values(r->counters)[all] - r->begin[all];
	json_t *load = json_pack("{s:I, s:I, s:i, s:o, s:o}", "timed", (json_int_t)timed(r, all), "whole",
				 (json_int_t)whole, "clocks", (int)r->clocks, "functions",
				 describe_functions(r), "calls", describe_calls(r));

	json_dumpf(load, r->file, JSON_COMPACT);
	fputc('\n', r->file);
	fflush(r->file);
	json_decref(load);
}

void report_mark(struct report *r)
{
	if (r->open)
		write_load(r);
	take(r, r->begin);
	follower_reset(r->follower);
	r->clocks = 0;
	r->open = !r->open;
}
