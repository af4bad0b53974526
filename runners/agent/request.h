/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum request_kind {
	REQUEST_RUN,
	REQUEST_SYSRQ,
	REQUEST_BYE,
};

/* One line of the host (runners/wire.h), checked. The strings belong to @json. */
struct request {
	enum request_kind kind;
	json_t *json;
	/* run */
	const char *cell;
	const char *test;
	const char *params;
	uint32_t load;
	uint32_t workers;	/* 1 to WIRE_WORKERS_MAX */
	uint32_t tick_ms;	/* 0: no ticks */
	/* sysrq */
	char key;
};

/*
 * Pure. False when the line is no request that we know; @why (of @size bytes) then says it in a sentence, and
 * @request may be sent with an error record (cell and load are set as far as they were readable). In both cases
 * request_clear() is due.
 */
bool request_parse(const char *line, size_t length, struct request *request, char *why, size_t size);

void request_clear(struct request *request);
