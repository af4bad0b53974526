// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/request.h"

#include "runners/wire.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Longest cell name: it must fit into one line of the kernel's log. */
#define CELL_MAX 200
/* Longest name of a state of the probe, of a backend, a source or an event. */
#define STATE_MAX 31

enum key_type { KEY_TEXT, KEY_TEXT_OR_NULL, KEY_NUMBER, KEY_CHAR, KEY_BOOL, KEY_STATE };

struct key {
	const char *name;
	enum key_type type;
	size_t offset;
	uint32_t min;		/* of a number, or of the length of a text */
	uint32_t max;
};

#define FIELD(member) offsetof(struct request, member)

static const struct key run_keys[] = {
	{ "cell", KEY_TEXT, FIELD(cell), 1, CELL_MAX },
	{ "load", KEY_NUMBER, FIELD(load), 0, INT32_MAX },
	{ "test", KEY_TEXT, FIELD(test), 1, 63 },
	{ "workers", KEY_NUMBER, FIELD(workers), 1, WIRE_WORKERS_MAX },
	{ "module", KEY_TEXT_OR_NULL, FIELD(module), 1, 63 },
	{ "params", KEY_TEXT, FIELD(params), 0, 4000 },
	{ "tick_ms", KEY_NUMBER, FIELD(tick_ms), 0, 3600000 },
	{ NULL, 0, 0, 0, 0 }
};

static const struct key sysrq_keys[] = {
	{ "key", KEY_CHAR, FIELD(key), 1, 1 },
	{ NULL, 0, 0, 0, 0 }
};

static const struct key trace_keys[] = {
	{ "state", KEY_STATE, FIELD(state), 1, STATE_MAX },
	{ "latency", KEY_BOOL, FIELD(latency), 0, 1 },
	{ "locks", KEY_BOOL, FIELD(locks), 0, 1 },
	{ "backend", KEY_TEXT_OR_NULL, FIELD(backend), 1, STATE_MAX },
	{ "source", KEY_TEXT_OR_NULL, FIELD(source), 1, STATE_MAX },
	{ NULL, 0, 0, 0, 0 }
};

static const struct key sample_keys[] = {
	{ "hz", KEY_NUMBER, FIELD(hz), 1, WIRE_HZ_MAX },
	{ "event", KEY_TEXT_OR_NULL, FIELD(event), 1, STATE_MAX },
	{ NULL, 0, 0, 0, 0 }
};

static const struct key no_keys[] = {
	{ NULL, 0, 0, 0, 0 }
};

static const struct {
	const char *name;
	enum request_kind kind;
	const struct key *keys;
} kinds[] = {
	{ "run", REQUEST_RUN, run_keys },
	{ "sysrq", REQUEST_SYSRQ, sysrq_keys },
	{ "trace", REQUEST_TRACE, trace_keys },
	{ "sample", REQUEST_SAMPLE, sample_keys },
	{ "bye", REQUEST_BYE, no_keys },
};

static const char *const state_names[] = {
	[REQUEST_STATE_OFF] = "off",
	[REQUEST_STATE_LOADED] = "loaded",
	[REQUEST_STATE_ATTACHED] = "attached",
};

const char *request_state_name(enum request_state state)
{
	return state_names[state];
}

/* Text goes into the kernel's log and into messages: one line of printable ASCII. */
static const char *plain_text(const json_t *value, const struct key *key)
{
	const char *text = json_string_value(value);
	size_t length = json_string_length(value);
	size_t i;

	if (!text || length < key->min || length > key->max)
		return NULL;
	for (i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return NULL;
	return text;
}

static bool take_text(void *field, const json_t *value, const struct key *key)
{
	const char *text = plain_text(value, key);

	*(const char **)field = text;
	return text;
}

static bool take_text_or_null(void *field, const json_t *value, const struct key *key)
{
	return json_is_null(value) || take_text(field, value, key);
}

static bool take_char(void *field, const json_t *value, const struct key *key)
{
	const char *text = plain_text(value, key);

	if (text)
		*(char *)field = *text;
	return text;
}

static bool take_number(void *field, const json_t *value, const struct key *key)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < key->min || number > key->max)
		return false;
	*(uint32_t *)field = (uint32_t)number;
	return true;
}

static bool take_bool(void *field, const json_t *value, const struct key *key)
{
	(void)key;
	*(bool *)field = json_is_true(value);
	return json_is_boolean(value);
}

static bool take_state(void *field, const json_t *value, const struct key *key)
{
	const char *text = plain_text(value, key);
	size_t i;

	for (i = 0; text && i < sizeof(state_names) / sizeof(state_names[0]); i++) {
		if (strcmp(text, state_names[i]) == 0) {
			*(enum request_state *)field = (enum request_state)i;
			return true;
		}
	}
	return false;
}

/* What a value must be: @wants, or the range of its key between two pieces of text. */
static const struct {
	bool (*take)(void *field, const json_t *value, const struct key *key);
	const char *wants;
	const char *before;
	const char *behind;
} types[] = {
	[KEY_TEXT] = { take_text, NULL, "", " characters of printable ASCII" },
	[KEY_TEXT_OR_NULL] = { take_text_or_null, NULL, "null, or ", " characters of printable ASCII" },
	[KEY_CHAR] = { take_char, NULL, "", " characters of printable ASCII" },
	[KEY_NUMBER] = { take_number, NULL, "a whole number of ", "" },
	[KEY_BOOL] = { take_bool, "true or false", NULL, NULL },
	[KEY_STATE] = { take_state, "off, loaded or attached", NULL, NULL },
};

static void refuse_value(const char *q, const struct key *key, char *why, size_t size)
{
	if (types[key->type].wants)
		snprintf(why, size, "\"%s\" of the request %s must be %s.", key->name, q,
			 types[key->type].wants);
	else
		snprintf(why, size, "\"%s\" of the request %s must be %s%u to %u%s.", key->name, q,
			 types[key->type].before, key->min, key->max, types[key->type].behind);
}

static bool take_key(struct request *rq, const char *q, const struct key *key, char *why, size_t size)
{
	const json_t *value = json_object_get(rq->json, key->name);

	if (!value) {
		snprintf(why, size, "The request %s needs the key \"%s\".", q, key->name);
		return false;
	}
	if (types[key->type].take((char *)rq + key->offset, value, key))
		return true;
	refuse_value(q, key, why, size);
	return false;
}

bool request_parse(const char *line, size_t length, struct request *rq, char *why, size_t size)
{
	const struct key *key;
	json_error_t error;
	const char *q;
	size_t i;

	memset(rq, 0, sizeof(*rq));
	rq->json = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(rq->json)) {
		snprintf(why, size, "A request must be one JSON object on one line%s%s.", rq->json ? "" : ": ",
			 rq->json ? "" : error.text);
		return false;
	}
	q = json_string_value(json_object_get(rq->json, "q"));
	for (i = 0; q && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(q, kinds[i].name) == 0)
			break;
	if (!q || i == sizeof(kinds) / sizeof(kinds[0])) {
		snprintf(why, size,
			 "The request \"%.40s\" is not known here; expected run, sysrq, trace, sample or bye.",
			 q ? q : "");
		return false;
	}
	rq->kind = kinds[i].kind;
	for (key = kinds[i].keys; key->name; key++)
		if (!take_key(rq, q, key, why, size))
			return false;
	return true;
}

void request_clear(struct request *rq)
{
	json_decref(rq->json);
	rq->json = NULL;
}
