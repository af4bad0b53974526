/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* What the agent says (wire.h), checked: known kinds, every key there, every value in its range. */
enum record_kind {
	RECORD_HELLO,
	RECORD_TICK,
	RECORD_LOAD,
	RECORD_SPLAT,
	RECORD_ERROR,
	RECORD_TRACE,
	RECORD_HIST,
	RECORD_LOCK,
	RECORD_EVENTS,
	RECORD_CALLS,
	RECORD_MEMORY,
	RECORD_SAMPLER,
	RECORD_SAMPLES,
	RECORD_BYE,
};

struct record {
	enum record_kind kind;
	json_t *json;		/* only the keys that the kind has, in the order of wire.h; owned */
};

/* False, with a sentence that names the key, for anything that is not a record. */
bool record_parse(const char *line, struct record *ret_record, GError **error);
void record_clear(struct record *r);
