/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum request_kind {
	REQUEST_RUN,
	REQUEST_SYSRQ,
	REQUEST_TRACE,
	REQUEST_SAMPLE,
	REQUEST_BYE,
};

/* What a trace request puts the probe into. */
enum request_state {
	REQUEST_STATE_OFF,
	REQUEST_STATE_LOADED,
	REQUEST_STATE_ATTACHED,
};

/* One line of the host (runners/wire.h), checked. The strings belong to @json. */
struct request {
	enum request_kind kind;
	json_t *json;
	/* run */
	const char *cell;
	const char *test;
	const char *module;	/* as it calls itself; NULL: the test needs none */
	const char *params;
	uint32_t load;
	uint32_t workers;	/* 1 to WIRE_WORKERS_MAX */
	uint32_t tick_ms;	/* 0: no ticks */
	/* trace */
	enum request_state state;
	bool latency;
	bool locks;
	const char *backend;	/* NULL: the first that works; likewise  */
	const char *source;
	/* sample */
	uint32_t hz;		/* of each CPU, 1 to WIRE_HZ_MAX */
	const char *event;	/* NULL: the first that works */
	/* sysrq */
	char key;
};

/*
 * Pure. False when the line is no request that we know; @why (of @size bytes) then says it in a sentence, and
 * @request may be sent with an error record (cell and load are set as far as they were readable). In both cases
 * request_clear() is due.
 */
bool request_parse(const char *line, size_t length, struct request *request, char *why, size_t size);

/* As it stands on the wire; static, the same pointer for the same state. */
const char *request_state_name(enum request_state state);

void request_clear(struct request *request);
