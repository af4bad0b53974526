// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/latency.h"

#include "bpf/collector.h"
#include "bpf/hist.h"
#include "bpf/object.h"

#include <bpf/bpf.h>
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

#define MEASURES_FUNCTION "time from a function's entry to its return"
#define MEASURES_EVENT \
	"time between tracepoints, not in functions: how long an area lives from its alloc_vmap_area event to its " \
	"free_vmap_area_noflush event, and how long the purge's work items run"

struct backend {
	struct object_image image;
	const char *measures;
	const char *const *rows;
	bool events;		/* rows are those of enum latency_event */
};

static const char *const function_rows[] = {
#define F(name) #name,
	LATENCY_FUNCTIONS(F)
#undef F
	NULL
};

static const char *const event_rows[] = {
	[LATENCY_EVENT_LIFETIME] = "vmap_area lifetime",
	[LATENCY_EVENT_DRAIN] = "drain_vmap_area_work item",
	[LATENCY_EVENT_PURGE] = "purge_vmap_node item",
	[LATENCY_EVENT_NR] = NULL
};

#define FUNCTIONS(label, symbol, kind) \
	{ { label, kind, symbol##_begin, symbol##_end }, MEASURES_FUNCTION, function_rows, false }
#define EVENTS(label, symbol) \
	{ { label, OBJECT_PLAIN, symbol##_begin, symbol##_end }, MEASURES_EVENT, event_rows, true }

/* In the order of cost: docs/tracing.md. One backend has two objects, of which a kernel takes one. */
static const struct backend backends[] = {
	FUNCTIONS("fsession", latency_fsession, OBJECT_FSESSION),
	FUNCTIONS("fentry", latency_fentry, OBJECT_PLAIN),
	FUNCTIONS("kprobe.session", latency_ksession, OBJECT_KSESSION),
	FUNCTIONS("kprobe.session", latency_ksession_void, OBJECT_KSESSION),
	FUNCTIONS("kprobe", latency_kprobe, OBJECT_PLAIN),
	EVENTS("tp_btf", latency_tp_btf),
	EVENTS("raw_tp", latency_raw_tp),
};

static const char *const backend_names[] = {
	"fsession", "fentry", "kprobe.session", "kprobe", "tp_btf", "raw_tp", NULL
};

struct latency {
	const struct backend *backend;
	const struct symbols *symbols;
	struct object object;
	unsigned int attached;
	unsigned int cpus;
	struct hist *per_cpu;		/* one row of the map, and room for its sum behind it */
};

static void tell_addresses(struct latency *l)
{
	size_t size;
	struct latency_targets *targets = object_data(&l->object, ".rodata", &size);

	if (!targets || size < sizeof(*targets))
		return;
	targets->drain = symbols_address(l->symbols, "drain_vmap_area_work");
	targets->purge = symbols_address(l->symbols, "purge_vmap_node");
}

/* Attaching makes vmallocs of its own, which the programs that were attached first have counted. */
static void forget_attaching(struct latency *l)
{
	unsigned int row;

	for (row = 0; row < LATENCY_NR; row++)
		bpf_map_update_elem(object_map(&l->object, "hists"), &row, l->per_cpu, BPF_ANY);
}

static bool try_backend(struct latency *l, const struct backend *backend, char *why, size_t size)
{
	if (!object_open(&l->object, &backend->image, l->symbols, why, size))
		return false;
	if (backend->events)
		tell_addresses(l);
	if (!object_load(&l->object, why, size) || !object_attach(&l->object, why, size)) {
		object_close(&l->object);
		return false;
	}
	l->backend = backend;
	l->attached = l->object.attached;
	forget_attaching(l);
	return true;
}

static bool try_all(struct latency *l, const char *only, json_t *refused, char *why, size_t size)
{
	char sentence[COLLECTOR_WHY];
	size_t i;

	for (i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
		const char *name = backends[i].image.name;

		if (only && strcmp(only, name) != 0)
			continue;
		if (try_backend(l, &backends[i], sentence, sizeof(sentence)))
			return true;
		collector_refuse(refused, "latency", name, sentence);
	}
	snprintf(why, size, "The latency of mm/vmalloc cannot be measured here%s%s: %s", only ? " by " : "",
		 only ? only : "", "no backend works, see the reasons above.");
	return false;
}

static void latency_close(void *collector)
{
	struct latency *l = collector;

	object_close(&l->object);
	free(l->per_cpu);
	free(l);
}

static void *latency_open(const struct collector_options *options, json_t *refused, char *why, size_t size)
{
	struct latency *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->symbols = options->symbols;
	l->cpus = object_cpus();
	l->per_cpu = calloc(l->cpus + 1, sizeof(*l->per_cpu));
	if (!l->per_cpu || !try_all(l, options->backend, refused, why, size)) {
		latency_close(l);
		return NULL;
	}
	if (options->load_only)
		object_detach(&l->object);
	return l;
}

/* Whether this kernel has what row @name of the backend measures. */
static bool has_row(const struct latency *l, const char *name)
{
	char function[64];

	snprintf(function, sizeof(function), "%.*s", (int)strcspn(name, " "), name);
	return strcmp(function, "vmap_area") == 0 || symbols_has(l->symbols, function);
}

static json_t *latency_describe(const void *collector)
{
	const struct latency *l = collector;
	json_t *absent = json_array();
	const char *const *row;

	for (row = l->backend->rows; *row; row++)
		if (!has_row(l, *row))
			json_array_append_new(absent, json_string(*row));
	return json_pack("{s:s, s:s, s:s, s:i, s:o}", "collector", "latency", "backend", l->backend->image.name,
			 "measures", l->backend->measures, "attached", (int)l->attached, "absent", absent);
}

static void sum_cpus(struct latency *l)
{
	struct hist *sum = &l->per_cpu[l->cpus];
	unsigned int cpu, i;

	*sum = (struct hist){ 0 };
	for (cpu = 0; cpu < l->cpus; cpu++) {
		const struct hist *h = &l->per_cpu[cpu];

		sum->sum += h->sum;
		sum->max = h->max > sum->max ? h->max : sum->max;
		sum->lost += h->lost;
		sum->unpaired += h->unpaired;
		for (i = 0; i < HIST_BUCKETS; i++)
			sum->buckets[i] += h->buckets[i];
	}
}

static json_t *hist_record(const struct latency *l, const char *row)
{
	const struct hist *sum = &l->per_cpu[l->cpus];
	uint64_t missed = object_missed(&l->object, l->backend->events ? NULL : row);
	json_t *buckets = json_array();
	uint64_t count = 0;
	unsigned int i;

	for (i = 0; i < HIST_BUCKETS; i++) {
		if (!sum->buckets[i])
			continue;
		count += sum->buckets[i];
		json_array_append_new(buckets, json_pack("[I, I]", (json_int_t)hist_low(i),
							 (json_int_t)sum->buckets[i]));
	}
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o}", "t", "hist", "function", row, "backend",
			 l->backend->image.name, "count", (json_int_t)count, "sum_ns", (json_int_t)sum->sum,
			 "max_ns", (json_int_t)sum->max, "lost", (json_int_t)(sum->lost + missed), "unpaired",
			 (json_int_t)sum->unpaired, "buckets", buckets);
}

static bool read_row(struct latency *l, unsigned int row, json_t *records)
{
	if (bpf_map_lookup_elem(object_map(&l->object, "hists"), &row, l->per_cpu))
		return false;
	sum_cpus(l);
	json_array_append_new(records, hist_record(l, l->backend->rows[row]));
	return true;
}

static json_t *events_record(const struct latency *l, const struct latency_events *per_cpu)
{
	struct latency_events sum = { 0 };
	unsigned int cpu;

	for (cpu = 0; cpu < l->cpus; cpu++) {
		sum.allocs += per_cpu[cpu].allocs;
		sum.failed += per_cpu[cpu].failed;
		sum.frees += per_cpu[cpu].frees;
		sum.purges += per_cpu[cpu].purges;
		sum.purged += per_cpu[cpu].purged;
	}
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "t", "events", "backend",
			 l->backend->image.name, "allocs", (json_int_t)sum.allocs, "failed", (json_int_t)sum.failed,
			 "frees", (json_int_t)sum.frees, "purges", (json_int_t)sum.purges, "purged",
			 (json_int_t)sum.purged, "lost", (json_int_t)object_missed(&l->object, NULL));
}

static bool read_events(const struct latency *l, json_t *records)
{
	struct latency_events *per_cpu = calloc(l->cpus, sizeof(*per_cpu));
	unsigned int zero = 0;
	bool ok = per_cpu && bpf_map_lookup_elem(object_map(&l->object, "events"), &zero, per_cpu) == 0;

	if (ok)
		json_array_append_new(records, events_record(l, per_cpu));
	free(per_cpu);
	return ok;
}

static bool latency_read(void *collector, json_t *records, char *why, size_t size)
{
	struct latency *l = collector;
	bool ok = !l->backend->events || read_events(l, records);
	unsigned int row;

	for (row = 0; ok && l->backend->rows[row]; row++)
		if (has_row(l, l->backend->rows[row]))
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
