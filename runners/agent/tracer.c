// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/tracer.h"

#include "bpf/trace.h"
#include "runners/agent/interval.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

/* What cannot be mounted is missed by the backends that need it, and they say so. */
static void mount_tracefs(void)
{
	mount("tracefs", "/sys/kernel/tracing", "tracefs", MS_NOSUID | MS_NOEXEC, NULL);
}

/* What each backend was refused for: the sentence alone does not say. */
static void add_reasons(const json_t *refused, char *why, size_t size)
{
	const json_t *one;
	size_t i;

	json_array_foreach((json_t *)refused, i, one) {
		const char *backend = json_string_value(json_object_get(one, "backend"));
		const char *reason = json_string_value(json_object_get(one, "why"));
		size_t used = strlen(why);

		if (backend && reason)
			snprintf(why + used, size - used, " %s: %s", backend, reason);
	}
}

static json_t *open_trace(struct tracer *t, const struct request *rq, char *why, size_t size)
{
	const struct trace_options options = {
		.latency = rq->latency,
		.locks = rq->locks,
		.backend = rq->backend,
		.source = rq->source,
		.load_only = rq->state == REQUEST_STATE_LOADED,
	};
	json_t *refused = NULL, *record = NULL;

	mount_tracefs();
	t->trace = trace_open(&options, &refused, why, size);
	if (!t->trace)
		add_reasons(refused, why, size);
	else if (!(record = trace_describe(t->trace)))
		snprintf(why, size, "There is no memory to say what watches the loads.");
	json_decref(refused);
	return record;
}

json_t *tracer_set(struct tracer *t, const struct request *rq, char *why, size_t size)
{
	json_t *record;

	tracer_close(t);
	t->probe = request_state_name(REQUEST_STATE_OFF);
	if (rq->state == REQUEST_STATE_OFF)
		return json_pack("{s:s, s:s}", "t", "trace", "state", t->probe);
	record = open_trace(t, rq, why, size);
	if (record)
		t->probe = request_state_name(rq->state);
	else
		tracer_close(t);
	return record;
}

static bool is_attached(const struct tracer *t)
{
	return t->trace && t->probe == request_state_name(REQUEST_STATE_ATTACHED);
}

bool tracer_begin(struct tracer *t, char *why, size_t size)
{
	if (!is_attached(t))
		return true;
	json_decref(t->before);
	t->before = trace_read(t->trace, why, size);
	return t->before;
}

bool tracer_end(struct tracer *t, json_t **ret_records, char *why, size_t size)
{
	json_t *after;

	*ret_records = NULL;
	if (!is_attached(t))
		return true;
	after = trace_read(t->trace, why, size);
	if (!after)
		return false;
	*ret_records = interval_between(t->before, after);
	json_decref(after);
	if (!*ret_records)
		snprintf(why, size, "There is no memory for what the load did.");
	return *ret_records;
}

void tracer_close(struct tracer *t)
{
	trace_close(t->trace);
	json_decref(t->before);
	*t = (struct tracer){ .probe = t->probe };
}
