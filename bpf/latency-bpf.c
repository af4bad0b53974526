// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/latency-backend.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct programs {
	const struct latency_subject *subject;
	struct object object;
	unsigned int cpus;
	struct hist *per_cpu;		/* one row of the map */
};

static void tell_addresses(struct programs *p, const struct symbols *symbols)
{
	size_t size;
	struct latency_targets *targets = object_data(&p->object, ".rodata", &size);

	if (!targets || size < sizeof(*targets))
		return;
	targets->drain = symbols_address(symbols, "drain_vmap_area_work");
	targets->purge = symbols_address(symbols, "purge_vmap_node");
}

/*
 * What the programs that were attached first counted while the others were not there yet. The histograms are
 * longer than the events; and they come first, so that no event is counted that is in none of them.
 */
static void forget_attaching(struct programs *p)
{
	unsigned int row;

	for (row = 0; row < LATENCY_NR; row++)
		bpf_map_update_elem(object_map(&p->object, "hists"), &row, p->per_cpu, BPF_ANY);
	row = 0;
	if (p->subject->events)
		bpf_map_update_elem(object_map(&p->object, "events"), &row, p->per_cpu, BPF_ANY);
}
_Static_assert(sizeof(struct latency_events) <= sizeof(struct hist), "zeros for both");

static void programs_close(void *state)
{
	struct programs *p = state;

	object_close(&p->object);
	free(p->per_cpu);
	free(p);
}

static bool attach(struct programs *p, const struct latency_backend *backend, const struct symbols *symbols,
		   char *why, size_t size)
{
	if (!p->per_cpu) {
		snprintf(why, size, "There is no memory for its histograms.");
		return false;
	}
	if (!object_open(&p->object, &backend->image, symbols, why, size))
		return false;
	if (backend->subject->events)
		tell_addresses(p, symbols);
	if (!object_load(&p->object, why, size) || !object_attach(&p->object, why, size))
		return false;
	forget_attaching(p);
	return true;
}

static bool programs_open(const struct latency_backend *backend, const struct symbols *symbols,
			  struct latency_opened *ret_opened, char *why, size_t size)
{
	struct programs *p = calloc(1, sizeof(*p));

	if (!p) {
		snprintf(why, size, "There is no memory for it.");
		return false;
	}
	p->subject = backend->subject;
	p->cpus = object_cpus();
	p->per_cpu = calloc(p->cpus, sizeof(*p->per_cpu));
	if (!attach(p, backend, symbols, why, size)) {
		programs_close(p);
		return false;
	}
	*ret_opened = (struct latency_opened){ p, p->subject, p->object.attached };
	return true;
}

static void programs_detach(void *state)
{
	struct programs *p = state;

	object_detach(&p->object);
}

static bool programs_read_row(void *state, unsigned int row, struct hist *ret_hist)
{
	struct programs *p = state;
	unsigned int cpu, i;

	if (bpf_map_lookup_elem(object_map(&p->object, "hists"), &row, p->per_cpu))
		return false;
	*ret_hist = (struct hist){ 0 };
	for (cpu = 0; cpu < p->cpus; cpu++) {
		const struct hist *h = &p->per_cpu[cpu];

		ret_hist->sum += h->sum;
		ret_hist->max = h->max > ret_hist->max ? h->max : ret_hist->max;
		ret_hist->lost += h->lost;
		ret_hist->unpaired += h->unpaired;
		for (i = 0; i < HIST_BUCKETS; i++)
			ret_hist->buckets[i] += h->buckets[i];
	}
	ret_hist->lost += object_missed(&p->object, p->subject->events ? NULL : p->subject->rows[row]);
	return true;
}

static bool programs_read_events(void *state, struct latency_events *ret_events, uint64_t *ret_lost)
{
	struct programs *p = state;
	struct latency_events *per_cpu = calloc(p->cpus, sizeof(*per_cpu));
	unsigned int zero = 0;
	unsigned int cpu;
	bool ok = per_cpu && bpf_map_lookup_elem(object_map(&p->object, "events"), &zero, per_cpu) == 0;

	*ret_events = (struct latency_events){ 0 };
	for (cpu = 0; ok && cpu < p->cpus; cpu++) {
		ret_events->allocs += per_cpu[cpu].allocs;
		ret_events->failed += per_cpu[cpu].failed;
		ret_events->frees += per_cpu[cpu].frees;
		ret_events->purges += per_cpu[cpu].purges;
		ret_events->purged += per_cpu[cpu].purged;
	}
	*ret_lost = object_missed(&p->object, NULL);
	free(per_cpu);
	return ok;
}

const struct latency_way latency_bpf = {
	.open = programs_open,
	.detach = programs_detach,
	.read_row = programs_read_row,
	.read_events = programs_read_events,
	.close = programs_close,
};
