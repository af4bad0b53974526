// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the kernel lets no BPF program in: the trace events themselves, through a ring buffer, and histograms
 * filled here. They are those of latency-event.bpf.h; where the kernel has none in mm/vmalloc, probe events on
 * its functions.
 */
#include "bpf/begins.h"
#include "bpf/latency-backend.h"
#include "bpf/ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEASURES_RING "; by binary trace events through a ring buffer, without BPF"

static const struct latency_subject ring_functions = {
	LATENCY_MEASURES_FUNCTIONS MEASURES_RING, latency_function_rows, false
};

static const struct latency_subject ring_events = {
	LATENCY_MEASURES_EVENTS MEASURES_RING, latency_event_rows, true
};

/* Tasks in one of the functions, or at a work item, at a time; one that finds no room is counted as lost. */
#define TASKS	4096

#define HISTS_MAX 8
_Static_assert(LATENCY_NR <= HISTS_MAX && LATENCY_EVENT_NR <= HISTS_MAX, "a histogram for each row");
_Static_assert(2 * LATENCY_NR <= RING_EVENTS_MAX, "an entry and a return for each function");

struct totals {
	struct hist hists[HISTS_MAX];
	struct latency_events events;
	uint64_t ring_lost;
};

struct meter {
	struct ring *ring;
	struct begins *areas;			/* when they were allocated, by address */
	struct begins *tasks;			/* when they began a work item or a function */
	struct latency_targets targets;
	unsigned int rows[RING_EVENTS_MAX];	/* of the probe events: which row */
	bool ends[RING_EVENTS_MAX];		/* and whether it is a return */
	struct totals running;
	struct totals read;			/* as it was at the last refresh */
};

static void begin(struct meter *m, struct begins *begins, unsigned int row, uint64_t object,
		  const struct ring_record *r)
{
	if (!begins_put(begins, object, begins == m->tasks ? (uint64_t)r->task : 0, r->ns))
		m->running.hists[row].lost++;
}

static void end(struct meter *m, struct begins *begins, unsigned int row, uint64_t object,
		const struct ring_record *r)
{
	struct hist *h = &m->running.hists[row];
	uint64_t begin_ns, took_ns;

	if (!begins_take(begins, object, begins == m->tasks ? (uint64_t)r->task : 0, &begin_ns)) {
		h->unpaired++;
		return;
	}
	/* CPUs may disagree by some ns. */
	took_ns = r->ns > begin_ns ? r->ns - begin_ns : 0;
	h->buckets[hist_index(took_ns)]++;
	h->sum += took_ns;
	h->max = took_ns > h->max ? took_ns : h->max;
}

enum { ALLOC, FREE, PURGE, WORK, WORK_END, EVENTS };

static unsigned int work_row(const struct meter *m, uint64_t function)
{
	return function == m->targets.drain ? LATENCY_EVENT_DRAIN : LATENCY_EVENT_PURGE;
}

static void handle_alloc(struct meter *m, const struct ring_record *r)
{
	m->running.events.failed += r->fields[1] != 0;
	if (r->fields[1])
		return;
	m->running.events.allocs++;
	begin(m, m->areas, LATENCY_EVENT_LIFETIME, r->fields[0], r);
}

static void handle_free(struct meter *m, const struct ring_record *r)
{
	m->running.events.frees++;
	end(m, m->areas, LATENCY_EVENT_LIFETIME, r->fields[0], r);
}

static void handle_purge(struct meter *m, const struct ring_record *r)
{
	m->running.events.purges++;
	m->running.events.purged += r->fields[0];
}

static void handle_work(struct meter *m, const struct ring_record *r)
{
	begin(m, m->tasks, work_row(m, r->fields[0]), r->fields[0], r);
}

static void handle_work_end(struct meter *m, const struct ring_record *r)
{
	end(m, m->tasks, work_row(m, r->fields[0]), r->fields[0], r);
}

static void handle_event(void *context, const struct ring_record *record)
{
	static void (*const handlers[EVENTS])(struct meter *m, const struct ring_record *r) = {
		[ALLOC] = handle_alloc,
		[FREE] = handle_free,
		[PURGE] = handle_purge,
		[WORK] = handle_work,
		[WORK_END] = handle_work_end,
	};

	handlers[record->event](context, record);
}

static void handle_probe(void *context, const struct ring_record *record)
{
	struct meter *m = context;
	unsigned int row = m->rows[record->event];

	if (m->ends[record->event])
		end(m, m->tasks, row, row, record);
	else
		begin(m, m->tasks, row, row, record);
}

static bool start(struct meter *m, const struct ring_options *options, char *why, size_t size)
{
	m->ring = ring_open(options, why, size);
	return m->ring && ring_start(m->ring, why, size);
}

static bool open_events(struct meter *m, const struct symbols *symbols, struct latency_opened *opened,
			char *why, size_t size)
{
	char filter[128];
	const struct ring_event list[EVENTS] = {
		[ALLOC] = { RING_EVENT, "vmalloc", "alloc_vmap_area", NULL, { "addr", "failed" } },
		[FREE] = { RING_EVENT, "vmalloc", "free_vmap_area_noflush", NULL, { "va_start" } },
		[PURGE] = { RING_EVENT, "vmalloc", "purge_vmap_area_lazy", NULL, { "npurged" } },
		[WORK] = { RING_EVENT, "workqueue", "workqueue_execute_start", filter, { "function" } },
		[WORK_END] = { RING_EVENT, "workqueue", "workqueue_execute_end", filter, { "function" } },
	};
	struct ring_options options = { list, EVENTS, handle_event, m };

	m->targets.drain = symbols_address(symbols, "drain_vmap_area_work");
	m->targets.purge = symbols_address(symbols, "purge_vmap_node");
	snprintf(filter, sizeof(filter), "function == 0x%llx || function == 0x%llx", m->targets.drain,
		 m->targets.purge ? m->targets.purge : m->targets.drain);
	/* Addresses that are hidden from us cannot be filtered for. */
	if (!m->targets.drain)
		options.n_events = WORK;
	*opened = (struct latency_opened){ m, &ring_events, options.n_events };
	return start(m, &options, why, size);
}

static bool open_probes(struct meter *m, const struct symbols *symbols, struct latency_opened *opened,
			char *why, size_t size)
{
	struct ring_event list[RING_EVENTS_MAX] = { 0 };
	struct ring_options options = { list, 0, handle_probe, m };
	unsigned int row;

	for (row = 0; row < LATENCY_NR; row++) {
		const char *name = latency_function_rows[row];
		unsigned int i = options.n_events;

		if (!symbols_has(symbols, name))
			continue;
		list[i] = (struct ring_event){ RING_ENTRY, NULL, name };
		list[i + 1] = (struct ring_event){ RING_RETURN, NULL, name };
		m->rows[i] = m->rows[i + 1] = row;
		m->ends[i + 1] = true;
		options.n_events += 2;
	}
	if (!options.n_events) {
		snprintf(why, size, "This kernel has none of the functions to be probed.");
		return false;
	}
	*opened = (struct latency_opened){ m, &ring_functions, options.n_events };
	return start(m, &options, why, size);
}

static void meter_close(void *state)
{
	struct meter *m = state;

	ring_close(m->ring);
	begins_free(m->areas);
	begins_free(m->tasks);
	free(m);
}

static bool meter_open(const struct latency_backend *backend, const struct symbols *symbols,
		       struct latency_opened *ret_opened, char *why, size_t size)
{
	struct meter *m = calloc(1, sizeof(*m));
	bool ok = false;

	(void)backend;
	if (!m) {
		snprintf(why, size, "There is no memory for its histograms.");
		return false;
	}
	m->areas = begins_new(LATENCY_AREAS);
	m->tasks = begins_new(TASKS);
	if (!m->areas || !m->tasks)
		snprintf(why, size, "There is no memory for the times of areas.");
	else if (!ring_has("vmalloc", "alloc_vmap_area") && ring_can_probe())
		ok = open_probes(m, symbols, ret_opened, why, size);
	else
		ok = open_events(m, symbols, ret_opened, why, size);
	if (!ok)
		meter_close(m);
	return ok;
}

static void meter_detach(void *state)
{
	struct meter *m = state;

	ring_stop(m->ring);
}

static bool meter_refresh(void *state, char *why, size_t size)
{
	struct meter *m = state;

	if (!ring_hold(m->ring, why, size))
		return false;
	m->read = m->running;
	m->read.ring_lost = ring_lost(m->ring);
	ring_release(m->ring);
	return true;
}

/* What the ring lost may have been of any row. */
static bool meter_read_row(void *state, unsigned int row, struct hist *ret_hist)
{
	const struct meter *m = state;

	*ret_hist = m->read.hists[row];
	ret_hist->lost += m->read.ring_lost;
	return true;
}

static bool meter_read_events(void *state, struct latency_events *ret_events, uint64_t *ret_lost)
{
	const struct meter *m = state;

	*ret_events = m->read.events;
	*ret_lost = m->read.ring_lost;
	return true;
}

const struct latency_way latency_tracefs = {
	.open = meter_open,
	.detach = meter_detach,
	.refresh = meter_refresh,
	.read_row = meter_read_row,
	.read_events = meter_read_events,
	.close = meter_close,
};
