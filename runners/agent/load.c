// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/load.h"

#include "bpf/storm.h"
#include "runners/agent/answer.h"
#include "runners/agent/clock.h"
#include "runners/agent/modules.h"
#include "runners/agent/summary.h"
#include "runners/agent/workload.h"
#include "runners/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/* How long a line that was written to /dev/kmsg may take to show up there. */
#define MARK_MS 2000

/*
 * How long the first load waits for the clocksource that the kernel will stay with: the kernel may need a
 * second, and two when its calibration was disturbed.
 */
#define CLOCK_MS 2500
#define CLOCK_POLL_MS 10

struct load {
	struct watch *watch;
	struct tracer *tracer;
	struct sampler *sampler;
	struct watch_load watched;
	const struct request *rq;
	uint64_t ticked_us;
	const struct workload *workload;
	void *state;		/* of the workload */
	char mark[sizeof(WIRE_MARK_BEGIN) + 256];
	bool mark_seen;
	char why[WORKLOAD_WHY_MAX];
};

static void take_line(void *data, const struct kmsg_record *record)
{
	struct load *l = data;

	if (l->workload->line)
		l->workload->line(l->state, record);
	if (!kmsg_from_kernel(record) && record->length == strlen(l->mark) &&
	    memcmp(record->text, l->mark, record->length) == 0)
		l->mark_seen = true;
}

/*
 * Brackets the load in the log. The line comes back to us through the log, so when it is there, all that the
 * kernel said before it was read.
 */
static bool set_mark(struct load *l, const char *prefix)
{
	struct pollfd more = { .fd = l->watch->kmsg.fd, .events = POLLIN };

	snprintf(l->mark, sizeof(l->mark), "%s%s %u", prefix, l->rq->cell, l->rq->load);
	l->mark_seen = false;
	if (!kmsg_write(&l->watch->kmsg, l->mark))
		return false;
	do {
		if (!watch_drain(l->watch, &l->watched))
			return false;
	} while (!l->mark_seen && poll(&more, 1, MARK_MS) > 0);
	return l->mark_seen;
}

static void tick_if_due(struct load *l)
{
	if (!l->rq->tick_ms || clock_now_us() - l->ticked_us < (uint64_t)l->rq->tick_ms * 1000)
		return;
	answer_tick(l->watch->port);
	l->ticked_us = clock_now_us();
}

/* A change of the clocksource stops all CPUs and may change the unit of time; none shall fall into a load. */
static void wait_for_clock(struct load *l)
{
	struct pollfd host = { .fd = l->watch->host, .events = POLLRDHUP };
	uint64_t begin_us = clock_now_us();

	while (clock_is_provisional() && clock_now_us() - begin_us < CLOCK_MS * 1000) {
		if (poll(&host, 1, CLOCK_POLL_MS) > 0)
			answer_lost();
		tick_if_due(l);
	}
}

/* Follows the log until the workload is done. False with errno. */
static bool follow(struct load *l)
{
	enum { LOG, DONE, HOST, SAMPLES };
	struct pollfd fds[] = {
		[LOG] = { .fd = l->watch->kmsg.fd, .events = POLLIN },
		[DONE] = { .fd = l->workload->fd(l->state) },
		[HOST] = { .fd = l->watch->host, .events = POLLRDHUP },
		[SAMPLES] = { .fd = sampler_fd(l->sampler), .events = POLLIN },
	};
	int timeout = l->rq->tick_ms ? (int)l->rq->tick_ms : -1;

	while (!fds[DONE].revents) {
		if (poll(fds, 4, timeout) < 0 && errno != EINTR)
			return false;
		if (fds[HOST].revents)
			answer_lost();
		if (fds[SAMPLES].revents)
			sampler_drain(l->sampler);
		if (!watch_drain(l->watch, &l->watched))
			return false;
		tick_if_due(l);
	}
	return true;
}

/* Sets why the load does not count; always false. */
static bool fail(struct load *l, const char *what, const char *more)
{
	snprintf(l->why, sizeof(l->why), "%s%s.", what, more);
	return false;
}

static bool fail_lost(struct load *l, const char *when)
{
	snprintf(l->why, sizeof(l->why), "%llu records of the kernel log were lost%s; raise log_buf_len.",
		 (unsigned long long)l->watch->kmsg.lost, when);
	return false;
}

static bool check(struct load *l, struct load_result *result)
{
	if (l->watched.splats) {
		snprintf(l->why, sizeof(l->why),
			 "The kernel reported %u problems while this load ran; it does not count.",
			 l->watched.splats);
		return false;
	}
	if (l->watch->kmsg.lost)
		return fail_lost(l, "");
	return l->workload->check(l->state, &result->workers_us, &result->wall_us, l->why);
}

/* What must be so before the load; reports that come to light here belong to no load. */
static bool prepare(struct load *l)
{
	if (!l->watch->load_was_run)
		wait_for_clock(l);
	if (!watch_catch_up(l->watch))
		return fail(l, "The kernel's log could not be read: ", strerror(errno));
	if (l->watch->kmsg.lost)
		return fail_lost(l, " before this load");
	return true;
}

/* What the workload itself found out about the kernel. */
static void report_leak(struct load *l)
{
	const char *text = l->workload->leak ? l->workload->leak(l->state) : NULL;

	if (text)
		watch_report(l->watch, &l->watched, &(struct gate_hit){ "leak", text, strlen(text) });
}

/* From the workload's begin to its end, sampled. False with a sentence in @why. */
static bool run_workload(struct load *l)
{
	char why[WORKLOAD_WHY_MAX];
	bool followed, sampled;
	int error;

	if (!sampler_begin(l->sampler, l->why, sizeof(l->why)))
		return false;
	if (!l->workload->start(l->state, l->why)) {
		sampler_end(l->sampler, why, sizeof(why));
		return false;
	}
	followed = follow(l);
	error = errno;
	l->workload->join(l->state);
	sampled = sampler_end(l->sampler, l->why, sizeof(l->why));
	return followed ? sampled : fail(l, "The kernel's log could not be read: ", strerror(error));
}

static bool run(struct load *l, struct load_result *result)
{
	/* Such a test asks for what cannot be had, and the kernel says so. */
	gate_restart(&l->watch->gate, summary_fails_by_design(l->rq->test) ? "vmalloc" : NULL);
	if (!set_mark(l, WIRE_MARK_BEGIN))
		return fail(l,
			    "A mark in /dev/kmsg did not show up in the log; boot with printk.devkmsg=on", "");
	if (!run_workload(l))
		return false;
	report_leak(l);
	if (!set_mark(l, WIRE_MARK_END))
		return fail(l, "The mark behind the load did not show up in /dev/kmsg", "");
	watch_check_taint(l->watch, &l->watched);
	l->watch->load_was_run = true;
	l->watch->modules_loaded |= l->watched.module;
	return check(l, result);
}

/* The load between two readings of what watches it. */
static bool run_traced(struct load *l, struct load_result *result, json_t **ret_records)
{
	return tracer_begin(l->tracer, l->why, sizeof(l->why)) && run(l, result) &&
	       tracer_end(l->tracer, ret_records, l->why, sizeof(l->why));
}

/* Of a load that was run; *ret_samples is NULL without a sampler. False with a sentence in @why. */
static bool take_samples(struct load *l, json_t **ret_samples)
{
	*ret_samples = sampler_records(l->sampler, l->why, sizeof(l->why));
	return *ret_samples || !l->sampler;
}

/* What the load says of itself, with the state of the probe as the load record has it. */
static json_t *own_records(const struct load *l)
{
	json_t *records = l->workload->records ? l->workload->records(l->state) : NULL;
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (l->tracer->probe)
			json_object_set_new(record, "probe", json_string(l->tracer->probe));
	return records;
}

static void answer(struct load *l)
{
	struct load_result result;
	json_t *records = NULL, *samples;

	if (prepare(l) && run_traced(l, &result, &records) && take_samples(l, &samples)) {
		result.taint = watch_taint(l->watch);
		result.probe = l->tracer->probe;
		answer_collected(l->watch->port, l->rq, own_records(l));
		answer_collected(l->watch->port, l->rq, records);
		answer_collected(l->watch->port, l->rq, samples);
		answer_load(l->watch->port, l->rq, &result);
	} else {
		json_decref(records);
		answer_error(l->watch->port, l->rq, l->why);
	}
	gate_restart(&l->watch->gate, NULL);
	l->watch->kmsg.lost = 0;
}

static const struct workload *workload_of(const struct request *rq)
{
	if (storm_find_test(rq->test))
		return &storm_workload;
	if (modules_bit(rq->module) != modules_bit(WIRE_MODULE_SOAK))
		return &insertion_workload;
	return strcmp(rq->test, WIRE_TEST_MEMORY) == 0 ? &memory_workload : &cycle_workload;
}

void load_run(struct watch *watch, struct tracer *tracer, struct sampler *sampler,
	      const struct request *rq)
{
	struct load l = {
		.watch = watch,
		.tracer = tracer,
		.sampler = sampler,
		.rq = rq,
		.ticked_us = clock_now_us(),
		.workload = workload_of(rq),
	};

	l.watched = (struct watch_load){
		.rq = rq, .module = modules_bit(rq->module), .data = &l, .line = take_line,
	};
	l.state = l.workload->begin(rq, l.why);
	if (!l.state) {
		answer_error(watch->port, rq, l.why);
		return;
	}
	answer(&l);
	l.workload->end(l.state);
}
