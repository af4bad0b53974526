// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/latency-backend.h"

#include "bpf/collector.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

OBJECT_IMAGE(latency_fsession);
OBJECT_IMAGE(latency_fentry);
OBJECT_IMAGE(latency_ksession);
OBJECT_IMAGE(latency_ksession_void);
OBJECT_IMAGE(latency_kprobe);
OBJECT_IMAGE(latency_tp_btf);
OBJECT_IMAGE(latency_raw_tp);

const char *const latency_function_rows[] = {
#define F(name) #name,
	LATENCY_FUNCTIONS(F)
#undef F
	NULL
};

const char *const latency_event_rows[] = {
	[LATENCY_EVENT_LIFETIME] = "vmap_area lifetime",
	[LATENCY_EVENT_DRAIN] = "drain_vmap_area_work item",
	[LATENCY_EVENT_PURGE] = "purge_vmap_node item",
	[LATENCY_EVENT_NR] = NULL
};

static const struct latency_subject functions = { LATENCY_MEASURES_FUNCTIONS, latency_function_rows, false };
static const struct latency_subject events = { LATENCY_MEASURES_EVENTS, latency_event_rows, true };

#define PROGRAMS(label, subject, symbol, kind) \
	{ label, &latency_bpf, &subject, { label, kind, symbol##_begin, symbol##_end } }

/* In the order of cost: docs/tracing.md. One backend has two objects, of which a kernel takes one. */
static const struct latency_backend backends[] = {
	PROGRAMS("fsession", functions, latency_fsession, OBJECT_FSESSION),
	PROGRAMS("fentry", functions, latency_fentry, OBJECT_PLAIN),
	PROGRAMS("kprobe.session", functions, latency_ksession, OBJECT_KSESSION),
	PROGRAMS("kprobe.session", functions, latency_ksession_void, OBJECT_KSESSION),
	PROGRAMS("kprobe", functions, latency_kprobe, OBJECT_PLAIN),
	PROGRAMS("tp_btf", events, latency_tp_btf, OBJECT_PLAIN),
	PROGRAMS("raw_tp", events, latency_raw_tp, OBJECT_PLAIN),
	{ "tracefs", &latency_tracefs },
};

static const char *const backend_names[] = {
	"fsession", "fentry", "kprobe.session", "kprobe", "tp_btf", "raw_tp", "tracefs", NULL
};

struct latency {
	const struct latency_backend *backend;
	const struct symbols *symbols;
	struct latency_opened opened;
	struct hist row;		/* too big for a stack */
};

static bool try_all(struct latency *l, const char *only, json_t *refused, char *why, size_t size)
{
	char sentence[COLLECTOR_WHY];
	size_t i;

	for (i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
		const struct latency_backend *backend = &backends[i];

		if (only && strcmp(only, backend->name) != 0)
			continue;
		if (backend->way->open(backend, l->symbols, &l->opened, sentence, sizeof(sentence))) {
			l->backend = backend;
			return true;
		}
		collector_refuse(refused, "latency", backend->name, sentence);
	}
	snprintf(why, size, "The latency of mm/vmalloc cannot be measured here%s%s: the kernel refuses %s.",
		 only ? " by " : "", only ? only : "", only ? "it" : "every backend");
	return false;
}

static void latency_close(void *collector)
{
	struct latency *l = collector;

	if (l->backend)
		l->backend->way->close(l->opened.state);
	free(l);
}

static void *latency_open(const struct collector_options *options, json_t *refused, char *why, size_t size)
{
	struct latency *l = calloc(1, sizeof(*l));

	if (!l) {
		snprintf(why, size, "There is no memory for histograms.");
		return NULL;
	}
	l->symbols = options->symbols;
	if (!try_all(l, options->backend, refused, why, size)) {
		latency_close(l);
		return NULL;
	}
	if (options->load_only)
		l->backend->way->detach(l->opened.state);
	return l;
}

/* Whether row @name of the backend is measured: work items are known by the address of their function. */
static bool has_row(const struct latency *l, const char *name)
{
	char function[64];

	if (!l->opened.subject->events)
		return symbols_has(l->symbols, name);
	snprintf(function, sizeof(function), "%.*s", (int)strcspn(name, " "), name);
	return strcmp(function, "vmap_area") == 0 || symbols_address(l->symbols, function) != 0;
}

static json_t *latency_describe(const void *collector)
{
	const struct latency *l = collector;
	const struct latency_opened *o = &l->opened;
	json_t *absent = json_array();
	const char *const *row;

	for (row = o->subject->rows; *row; row++)
		if (!has_row(l, *row))
			json_array_append_new(absent, json_string(*row));
	return json_pack("{s:s, s:s, s:s, s:i, s:o}", "collector", "latency", "backend", l->backend->name,
			 "measures", o->subject->measures, "attached", (int)o->attached, "absent", absent);
}

static json_t *hist_record(const struct latency *l, const char *name)
{
	const struct hist *row = &l->row;
	json_t *buckets = json_array();
	uint64_t count = 0;
	unsigned int i;

	for (i = 0; i < HIST_BUCKETS; i++) {
		if (!row->buckets[i])
			continue;
		count += row->buckets[i];
		json_array_append_new(buckets, json_pack("[I, I]", (json_int_t)hist_low(i),
							 (json_int_t)row->buckets[i]));
	}
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o}", "t", "hist", "function", name,
			 "backend", l->backend->name, "count", (json_int_t)count, "sum_ns",
			 (json_int_t)row->sum, "max_ns", (json_int_t)row->max, "lost", (json_int_t)row->lost,
			 "unpaired", (json_int_t)row->unpaired, "buckets", buckets);
}

static bool read_row(struct latency *l, unsigned int row, json_t *records)
{
	if (!l->backend->way->read_row(l->opened.state, row, &l->row))
		return false;
	return json_array_append_new(records, hist_record(l, l->opened.subject->rows[row])) == 0;
}

static bool read_events(const struct latency *l, json_t *records)
{
	struct latency_events e;
	uint64_t lost;
	json_t *record;

	if (!l->backend->way->read_events(l->opened.state, &e, &lost))
		return false;
	record = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "t", "events", "backend",
			   l->backend->name, "allocs", (json_int_t)e.allocs, "failed", (json_int_t)e.failed,
			   "frees", (json_int_t)e.frees, "purges", (json_int_t)e.purges, "purged",
			   (json_int_t)e.purged, "lost", (json_int_t)lost);
	return json_array_append_new(records, record) == 0;
}

static bool latency_read(void *collector, json_t *records, char *why, size_t size)
{
	struct latency *l = collector;
	const struct latency_subject *subject = l->opened.subject;
	unsigned int row;
	bool ok;

	if (l->backend->way->refresh && !l->backend->way->refresh(l->opened.state, why, size))
		return false;
	ok = !subject->events || read_events(l, records);
	for (row = 0; ok && subject->rows[row]; row++)
		if (has_row(l, subject->rows[row]))
			ok = read_row(l, row, records);
	if (!ok)
		snprintf(why, size, "The histograms of the kernel could not be read: %s.", strerror(errno));
	return ok;
}

const struct collector latency_collector = {
	.name = "latency",
	.backends = backend_names,
	.open = latency_open,
	.describe = latency_describe,
	.read = latency_read,
	.close = latency_close,
};
