// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/trace.h"

#include "bpf/collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LATENCY, LOCKS, STATE, COLLECTORS };

static const struct collector *const collectors[COLLECTORS] = {
	[LATENCY] = &latency_collector,
	[LOCKS] = &lock_collector,
	[STATE] = &state_collector,
};

struct trace {
	struct symbols *symbols;
	void *open[COLLECTORS];
	json_t *refused;
	bool load_only;
};

void collector_refuse(json_t *refused, const char *collector, const char *backend, const char *why)
{
	json_array_append_new(refused, json_pack("{s:s, s:s, s:s}", "collector", collector, "backend", backend,
						 "why", why));
}

/* include/uapi/linux/capability.h */
#define CAPABILITY(n) (1ULL << (n))
#define CAP_SYS_ADMIN_BIT	CAPABILITY(21)
#define CAP_PERFMON_BIT		CAPABILITY(38)
#define CAP_BPF_BIT		CAPABILITY(39)

static unsigned long long effective_capabilities(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	unsigned long long capabilities = 0;
	char line[256];

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "CapEff: %llx", &capabilities) == 1)
			break;
	if (status)
		fclose(status);
	return capabilities;
}

static bool may_trace(char *why, size_t size)
{
	unsigned long long have = effective_capabilities();
	unsigned long long needed = CAP_BPF_BIT | CAP_PERFMON_BIT;

	if ((have & needed) == needed || (have & CAP_SYS_ADMIN_BIT))
		return true;
	snprintf(why, size,
		 "Tracing the kernel needs root, or CAP_BPF and CAP_PERFMON (and CAP_SYSLOG for names): run it "
		 "with sudo, or once \"setcap cap_bpf,cap_perfmon,cap_syslog+ep\" on the program.");
	return false;
}

static bool open_all(struct trace *t, const struct trace_options *options, char *why, size_t size)
{
	const bool wanted[] = { options->latency, options->locks, options->state };
	const char *const backends[] = { options->backend, options->source, NULL };
	unsigned int i;

	if (!may_trace(why, size))
		return false;
	t->symbols = symbols_read(why, size);
	if (!t->symbols)
		return false;
	for (i = 0; i < COLLECTORS; i++) {
		const struct collector_options o = { t->symbols, backends[i], options->naming,
						      options->load_only };

		if (!wanted[i])
			continue;
		t->open[i] = collectors[i]->open(&o, t->refused, why, size);
		if (!t->open[i])
			return false;
	}
	return true;
}

struct trace *trace_open(const struct trace_options *options, json_t **ret_refused, char *why, size_t size)
{
	struct trace *t = calloc(1, sizeof(*t));
	bool ok;

	if (!t) {
		snprintf(why, size, "There is no memory for a trace.");
		return NULL;
	}
	t->load_only = options->load_only;
	t->refused = json_array();
	ok = open_all(t, options, why, size);
	if (ret_refused)
		*ret_refused = json_incref(t->refused);
	if (ok)
		return t;
	trace_close(t);
	return NULL;
}

json_t *trace_describe(const struct trace *t)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < COLLECTORS; i++)
		if (t->open[i])
			json_array_append_new(list, collectors[i]->describe(t->open[i]));
	return json_pack("{s:s, s:s, s:o, s:O}", "t", "trace", "state", t->load_only ? "loaded" : "attached",
			 "collectors", list, "refused", t->refused);
}

json_t *trace_read(struct trace *t, char *why, size_t size)
{
	json_t *records = json_array();
	unsigned int i;

	for (i = 0; i < COLLECTORS; i++) {
		if (t->open[i] && !collectors[i]->read(t->open[i], records, why, size)) {
			json_decref(records);
			return NULL;
		}
	}
	return records;
}

void trace_close(struct trace *t)
{
	unsigned int i;

	if (!t)
		return;
	for (i = 0; i < COLLECTORS; i++)
		if (t->open[i])
			collectors[i]->close(t->open[i]);
	symbols_free(t->symbols);
	json_decref(t->refused);
	free(t);
}

const char *const *trace_backends(void)
{
	return latency_collector.backends;
}

const char *const *trace_sources(void)
{
	return lock_collector.backends;
}
