/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runners/agent/request.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What watches the loads of a traced boot: the trace of bpf/trace.h in the state that the host asked for last.
 * In a boot without such a request it does nothing, and not even tracefs is mounted.
 */
struct tracer {
	const char *probe;	/* "off", "loaded" or "attached"; NULL in a boot that is not traced */
	struct trace *trace;
	json_t *before;		/* the reading from which the load under way is counted */
};

/*
 * Closes what was open and opens what @rq asks for. Returns the trace record for the host, or NULL with a
 * sentence in @why; nothing is open then, and the state is "off".
 */
json_t *tracer_set(struct tracer *t, const struct request *rq, char *why, size_t size);

/* Right before a load. False with a sentence in @why when the collectors cannot be read. */
bool tracer_begin(struct tracer *t, char *why, size_t size);

/*
 * Right after it: *ret_records are those of this load, an array that is the caller's, NULL when nothing is
 * attached. False as above.
 */
bool tracer_end(struct tracer *t, json_t **ret_records, char *why, size_t size);

void tracer_close(struct tracer *t);
