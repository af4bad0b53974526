/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <jansson.h>
#include <math.h>

#include "bpf/hist.h"

/* Records of the collectors (bpf/trace.h), drawn, for make-run.c. */
struct drawn_function {
	const char *name;
	unsigned int calls;
	double ns, sigma;		/* log-normal: its median, and the sd of its logarithm */
};

static inline json_t *draw_hist(gsl_rng *random, const struct drawn_function *f, const char *backend, double factor)
{
	static unsigned long long counts[HIST_BUCKETS];
	unsigned long long sum = 0, max = 0;
	json_t *buckets = json_array();

	memset(counts, 0, sizeof(counts));
	for (unsigned int i = 0; i < f->calls; i++) {
		unsigned long long ns = f->ns * factor * exp(gsl_ran_gaussian(random, f->sigma));

		counts[hist_index(ns)]++;
		sum += ns;
		max = ns > max ? ns : max;
	}
	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		if (counts[i])
			json_array_append_new(buckets, json_pack("[II]", (json_int_t)hist_low(i), (json_int_t)counts[i]));
	}
	return json_pack("{ss ss ss si sI sI si si so}", "t", "hist", "function", f->name, "backend", backend, "count",
			 f->calls, "sum_ns", (json_int_t)sum, "max_ns", (json_int_t)max, "lost", 0, "unpaired", 0,
			 "buckets", buckets);
}

/* Waits around @waits, two thirds of them by @site and the rest by another, every fourth sampled. */
static inline json_t *draw_lock(gsl_rng *random, const char *lock, const char *source, double waits, const char *site)
{
	unsigned int count = gsl_ran_poisson(random, waits), most = count - count / 3;
	json_int_t ns = count * 900 + gsl_rng_uniform_int(random, 5000);

	return json_pack("{ss ss ss ss si sI sI si s[{ss si si sI} {ss si si sI}]}", "t", "lock", "lock", lock, "source",
			 source, "naming", "symbols", "waits", count, "wait_ns", ns, "max_ns", ns / 7, "lost", 0, "callers",
			 "site", site, "samples", most / 4, "waits", most, "wait_ns", ns - ns / 3,
			 "site", "purge_vmap_node", "samples", count / 3 / 4, "waits", count / 3, "wait_ns", ns / 3);
}

static inline json_t *draw_trace(const char *state, const char *backend, const char *source)
{
	json_t *collectors = json_array();

	if (strcmp(state, "off")) {
		json_array_append_new(collectors,
				      json_pack("{ss ss ss si}", "collector", "latency", "backend", backend, "measures",
						strcmp(backend, "tp_btf") ? "time from a function's entry to its return" :
									    "time between two events", "attached", 4));
		json_array_append_new(collectors,
				      json_pack("{ss ss ss si}", "collector", "locks", "backend", source, "measures",
						strcmp(source, "slowpath") ? "waits that a tracepoint sees" : "every wait", "attached", 4));
	}
	return json_pack("{ss ss so}", "t", "trace", "state", state, "collectors", collectors);
}
