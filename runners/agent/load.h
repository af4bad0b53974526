/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runners/agent/request.h"
#include "runners/agent/sampler.h"
#include "runners/agent/tracer.h"
#include "runners/agent/watch.h"

#include <stdbool.h>

/*
 * Runs one load, of the test module or of system calls (workload.h), and answers it: any number of splat
 * records and ticks while it runs, then exactly one load or error record, and before the load what @tracer
 * and @sampler (may be NULL) collected. A load with a splat ends in an error record.
 */
void load_run(struct watch *watch, struct tracer *tracer, struct sampler *sampler,
	      const struct request *rq);
