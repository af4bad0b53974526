// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/request.h"

#include "runners/wire.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Longest cell name: it must fit into one line of the kernel's log. */
#define CELL_MAX 200

enum key_type { KEY_TEXT, KEY_NUMBER, KEY_CHAR };

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
	{ "params", KEY_TEXT, FIELD(params), 0, 4000 },
	{ "tick_ms", KEY_NUMBER, FIELD(tick_ms), 0, 3600000 },
	{ NULL, 0, 0, 0, 0 }
};

static const struct key sysrq_keys[] = {
	{ "key", KEY_CHAR, FIELD(key), 1, 1 },
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
	{ "bye", REQUEST_BYE, no_keys },
};

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

static bool take_key(struct request *rq, const char *q, const struct key *key, char *why, size_t size)
{
	const json_t *value = json_object_get(rq->json, key->name);
	char *field = (char *)rq + key->offset;
	const char *text = plain_text(value, key);
	json_int_t number = json_integer_value(value);

	if (!value) {
		snprintf(why, size, "The request %s needs the key \"%s\".", q, key->name);
		return false;
	}
	if (key->type == KEY_NUMBER) {
		if (json_is_integer(value) && number >= key->min && number <= key->max) {
			*(uint32_t *)(void *)field = (uint32_t)number;
			return true;
		}
		snprintf(why, size, "\"%s\" of the request %s must be a whole number of %u to %u.", key->name,
			 q, key->min, key->max);
		return false;
	}
	if (!text) {
		snprintf(why, size, "\"%s\" of the request %s must be %u to %u characters of printable ASCII.",
			 key->name, q, key->min, key->max);
		return false;
	}
	if (key->type == KEY_CHAR)
		*field = *text;
	else
		*(const char **)(void *)field = text;
	return true;
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
		snprintf(why, size, "The request \"%.40s\" is not known here; expected run, sysrq or bye.",
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
