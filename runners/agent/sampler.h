/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runners/agent/request.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Samples all CPUs while a load runs, by perf_event_open(): where each is, and by which callers. Of the events
 * that tell that, the first that this machine has. In a boot without a sample request it does nothing.
 */
struct sampler;

/*
 * Opens what @rq asks for on every CPU that is online. Returns a "sampler" record for the host and
 * *ret_sampler, or NULL with a sentence in @why.
 */
json_t *sampler_open(const struct request *rq, struct sampler **ret_sampler, char *why, size_t size);

/* NULL is a no-op in all of these. */
void sampler_close(struct sampler *s);

/* Right before a load, and right after it. False with a sentence in @why. */
bool sampler_begin(struct sampler *s, char *why, size_t size);
bool sampler_end(struct sampler *s, char *why, size_t size);

/* Readable when sampler_drain() is due, between these two; -1 without a sampler. */
int sampler_fd(const struct sampler *s);
void sampler_drain(struct sampler *s);

/* The "samples" record of the load that has ended, in an array that is the caller's; NULL without a sampler,
 * and with a sentence in @why when there is no memory. */
json_t *sampler_records(const struct sampler *s, char *why, size_t size);
