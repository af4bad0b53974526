// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/storm.h"
#include "runners/agent/workload.h"

#include <stdio.h>
#include <stdlib.h>

struct storm_load {
	struct storm_options options;
	struct storm *storm;
	struct storm_result result;
	struct storm_worker_result *results;
	uint64_t *workers_us;
};

static void end(void *state)
{
	struct storm_load *l = state;

	free(l->results);
	free(l->workers_us);
	free(l);
}

/* What the words of the request say, of which the number of operations is each worker's own. */
static bool read_options(struct storm_options *options, const struct request *rq, char *why)
{
	*options = (struct storm_options){ .kind = storm_find_test(rq->test), .threads = rq->workers };
	if (!storm_parse(rq->params, options, why, WORKLOAD_WHY_MAX) ||
	    !storm_check(options, why, WORKLOAD_WHY_MAX))
		return false;
	if (options->ops >= 1 && options->ops <= INT32_MAX) {
		options->ops *= rq->workers;
		return true;
	}
	snprintf(why, WORKLOAD_WHY_MAX, "%s needs ops=N, 1 to %d operations of each worker.", rq->test,
		 INT32_MAX);
	return false;
}

static void *begin(const struct request *rq, char *why)
{
	struct storm_load *l = calloc(1, sizeof(*l));

	if (l) {
		l->results = calloc(rq->workers, sizeof(*l->results));
		l->workers_us = calloc(rq->workers, sizeof(*l->workers_us));
		if (!l->results || !l->workers_us)
			snprintf(why, WORKLOAD_WHY_MAX,
				 "There is no memory for the figures of that many workers.");
		else if (read_options(&l->options, rq, why))
			return l;
		end(l);
		return NULL;
	}
	snprintf(why, WORKLOAD_WHY_MAX, "There is no memory for a load.");
	return NULL;
}

static bool start(void *state, char *why)
{
	struct storm_load *l = state;

	l->storm = storm_start(&l->options, why, WORKLOAD_WHY_MAX);
	return l->storm;
}

static int fd(const void *state)
{
	const struct storm_load *l = state;

	return storm_fd(l->storm);
}

static void join(void *state)
{
	struct storm_load *l = state;
	uint32_t i;

	storm_finish(l->storm, &l->result, l->results);
	for (i = 0; i < l->options.threads; i++)
		l->workers_us[i] = l->results[i].wall_ns / 1000;
}

static bool check(const void *state, const uint64_t **workers_us, uint64_t *wall_us, char *why)
{
	const struct storm_load *l = state;

	if (!l->result.ok)
		snprintf(why, WORKLOAD_WHY_MAX, "%s", l->result.why);
	*workers_us = l->workers_us;
	*wall_us = l->result.wall_ns / 1000;
	return l->result.ok;
}

const struct workload storm_workload = {
	.begin = begin,
	.start = start,
	.fd = fd,
	.join = join,
	.check = check,
	.end = end,
};
