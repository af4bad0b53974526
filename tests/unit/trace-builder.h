/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/hist.h"
#include "run-builder.h"

/* A tracing pass made in memory. A boot of it is named after its block, arm and cell. */

static inline void builder_collector_free(gpointer data)
{
	struct run_collector *of = data;

	g_free(of->collector);
	g_free(of->backend);
	g_free(of->measures);
	g_free(of);
}

static inline char *builder_traced_boot(unsigned int block, const char *arm, const char *cell)
{
	return g_strdup_printf("b%03u-t-%s-%s", block, arm, cell);
}

static inline struct run_at builder_at(unsigned int block, const char *arm, const char *cell, unsigned int load)
{
	return (struct run_at){ block, g_strdup(arm), builder_traced_boot(block, arm, cell), g_strdup(cell), load };
}

static inline void builder_probe_load(struct run *r, unsigned int block, const char *arm, const char *cell,
				      enum run_probe probe, double us)
{
	struct run_load *load = builder_load_new(r, block, arm, builder_traced_boot(block, arm, cell), cell, us);

	load->probe = probe;
	run_add_load(r, load);
}

/* What attached @collector by @backend in that boot. */
static inline void builder_trace(struct run *r, unsigned int block, const char *arm, const char *cell,
				 const char *collector, const char *backend)
{
	struct run_trace *trace = g_new0(struct run_trace, 1);
	struct run_collector *of = g_new0(struct run_collector, 1);

	of->collector = g_strdup(collector);
	of->backend = g_strdup(backend);
	of->measures = g_strdup("what it measures");
	trace->block = block;
	trace->arm = g_strdup(arm);
	trace->boot = builder_traced_boot(block, arm, cell);
	trace->probe = RUN_PROBE_ATTACHED;
	trace->collectors = g_ptr_array_new_with_free_func(builder_collector_free);
	g_ptr_array_add(trace->collectors, of);
	g_ptr_array_add(r->traces, trace);
}

static inline struct run_hist *builder_hist(struct run *r, unsigned int block, const char *arm, const char *cell,
					    const char *function)
{
	struct run_hist *h = g_new0(struct run_hist, 1);

	h->at = builder_at(block, arm, cell, 0);
	h->function = g_strdup(function);
	h->backend = g_strdup("fentry");
	h->buckets = g_array_new(FALSE, FALSE, sizeof(struct run_bucket));
	g_ptr_array_add(r->hists, h);
	return h;
}

/* @count calls of @ns each; to be added in ascending order, into different buckets. */
static inline void builder_calls(struct run_hist *h, guint64 ns, guint64 count)
{
	struct run_bucket bucket = { hist_low(hist_index(ns)), count };

	g_array_append_val(h->buckets, bucket);
	h->count += count;
	h->sum_ns += ns * count;
	h->max_ns = MAX(h->max_ns, ns);
}

static inline struct sample_lock *builder_lock(struct run *r, unsigned int block, const char *arm, const char *cell,
					    const char *name, guint64 waits, guint64 wait_ns)
{
	struct run_lock *placed = g_new0(struct run_lock, 1);
	struct sample_lock *lock = g_new0(struct sample_lock, 1);

	placed->at = builder_at(block, arm, cell, 0);
	placed->of = lock;
	lock->lock = g_strdup(name);
	lock->source = g_strdup("slowpath");
	lock->naming = g_strdup("symbols");
	lock->waits = waits;
	lock->wait_ns = wait_ns;
	lock->max_ns = wait_ns;
	lock->callers = g_ptr_array_new_with_free_func(sample_caller_free);
	g_ptr_array_add(r->locks, placed);
	return lock;
}

static inline void builder_caller(struct sample_lock *lock, const char *site, guint64 samples, guint64 waits)
{
	struct sample_caller *caller = g_new0(struct sample_caller, 1);

	caller->site = g_strdup(site);
	caller->samples = samples;
	caller->waits = waits;
	g_ptr_array_add(lock->callers, caller);
}
