// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/load.h"

#include "runners/agent/answer.h"
#include "runners/agent/clock.h"
#include "runners/agent/summary.h"
#include "runners/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How long a line that was written to /dev/kmsg may take to show up there. */
#define MARK_MS 2000

/*
 * How long the first load waits for the clocksource that the kernel will stay with: the kernel may need a
 * second, and two when its calibration was disturbed.
 */
#define CLOCK_MS 2500
#define CLOCK_POLL_MS 10

/* The kernel's last words, for a load that fails. */
#define WORDS 3
#define WORD_MAX 240

struct insertion {
	pthread_t thread;
	const char *params;
	int done[2];		/* the thread closes [1] when it is done */
	int error;		/* errno of finit_module(), 0 when it succeeded */
	uint64_t wall_us;
};

struct load {
	struct watch *watch;
	struct watch_load watched;
	const struct request *rq;
	bool listen;		/* to the port: the host may go away */
	uint64_t ticked_us;
	struct summary summary;
	struct insertion insertion;
	char mark[sizeof(WIRE_MARK_BEGIN) + 256];
	bool mark_seen;
	char words[WORDS][WORD_MAX];
	unsigned int n_words;
	bool parameter_ignored;
	char why[1000];
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void *insert(void *data)
{
	struct insertion *in = data;
	int fd = open(WIRE_MODULE_PATH, O_RDONLY | O_CLOEXEC);
	uint64_t begin = now_us();

	in->error = 0;
	if (fd < 0 || syscall(SYS_finit_module, fd, in->params, 0) < 0)
		in->error = errno;
	in->wall_us = now_us() - begin;
	if (fd >= 0)
		close(fd);
	close(in->done[1]);
	return NULL;
}

static bool insertion_start(struct insertion *in, const char *params)
{
	int error;

	in->params = params;
	if (pipe2(in->done, O_CLOEXEC) < 0)
		return false;
	error = pthread_create(&in->thread, NULL, insert, in);
	if (error == 0)
		return true;
	close(in->done[0]);
	close(in->done[1]);
	errno = error;
	return false;
}

static void insertion_join(struct insertion *in)
{
	pthread_join(in->thread, NULL);
	close(in->done[0]);
}

static void keep_words(struct load *l, const struct kmsg_record *record)
{
	char *word = l->words[l->n_words % WORDS];
	size_t n = record->length < WORD_MAX - 1 ? record->length : WORD_MAX - 1;

	memcpy(word, record->text, n);
	word[n] = '\0';
	l->n_words++;
}

/* A parameter that the module lacks is only logged; the load would measure something else. */
static bool is_unknown_parameter(const struct kmsg_record *record)
{
	static const char text[] = "test_vmalloc: unknown parameter ";

	return record->length >= sizeof(text) - 1 && memcmp(record->text, text, sizeof(text) - 1) == 0;
}

static void take_line(void *data, const struct kmsg_record *record)
{
	struct load *l = data;

	if (kmsg_from_kernel(record)) {
		if (!summary_feed(&l->summary, record->text, record->length))
			keep_words(l, record);
		l->parameter_ignored |= is_unknown_parameter(record);
	} else if (record->length == strlen(l->mark) && memcmp(record->text, l->mark, record->length) == 0) {
		l->mark_seen = true;
	}
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
	if (!l->rq->tick_ms || now_us() - l->ticked_us < (uint64_t)l->rq->tick_ms * 1000)
		return;
	answer_tick(l->watch->port);
	l->ticked_us = now_us();
}

/* A change of the clocksource stops all CPUs and may change the unit of time; none shall fall into a load. */
static void wait_for_clock(struct load *l)
{
	struct pollfd port = { .fd = l->listen ? l->watch->port : -1 };
	uint64_t begin_us = now_us();

	while (clock_is_provisional() && now_us() - begin_us < CLOCK_MS * 1000) {
		if (poll(&port, 1, CLOCK_POLL_MS) > 0)
			answer_lost();
		tick_if_due(l);
	}
}

/* Follows the log until the module's init function has returned. False with errno. */
static bool follow(struct load *l)
{
	enum { LOG, DONE, PORT };
	struct pollfd fds[] = {
		[LOG] = { .fd = l->watch->kmsg.fd, .events = POLLIN },
		[DONE] = { .fd = l->insertion.done[0] },
		[PORT] = { .fd = l->listen ? l->watch->port : -1 },
	};
	int timeout = l->rq->tick_ms ? (int)l->rq->tick_ms : -1;

	while (!fds[DONE].revents) {
		if (poll(fds, 3, timeout) < 0 && errno != EINTR)
			return false;
		if (fds[PORT].revents)
			answer_lost();
		if (!watch_drain(l->watch, &l->watched))
			return false;
		tick_if_due(l);
	}
	return true;
}

/* Sets why the load does not count, with the kernel's last words; always false. */
static bool fail(struct load *l, const char *what, const char *more)
{
	unsigned int first = l->n_words > WORDS ? l->n_words - WORDS : 0;
	size_t used = (size_t)snprintf(l->why, sizeof(l->why), "%s%s", what, more);
	unsigned int i;

	for (i = first; i < l->n_words && used < sizeof(l->why); i++)
		used += (size_t)snprintf(l->why + used, sizeof(l->why) - used, "%s%s",
					 i == first ? " The kernel says: " : "; ", l->words[i % WORDS]);
	return false;
}

/* The module's init function reports success as EAGAIN, so that it never stays loaded. */
static bool check_insertion(struct load *l)
{
	int error = l->insertion.error;
	char what[160];

	if (error == 0)
		return fail(l, "The module stayed loaded; expected that its init function returns EAGAIN", ".");
	if (error != EAGAIN) {
		snprintf(what, sizeof(what), WIRE_MODULE_PATH " could not be loaded: %s.", strerror(error));
		return fail(l, what, "");
	}
	if (l->parameter_ignored)
		return fail(l, "The module of this kernel does not know a parameter of this load.", "");
	return true;
}

static bool fail_lost(struct load *l, const char *when)
{
	char what[160];

	snprintf(what, sizeof(what), "%llu records of the kernel log were lost%s; raise log_buf_len.",
		 (unsigned long long)l->watch->kmsg.lost, when);
	return fail(l, what, "");
}

static bool check(struct load *l)
{
	if (l->watched.splats) {
		snprintf(l->why, sizeof(l->why),
			 "The kernel reported %u problems while this load ran; it does not count.",
			 l->watched.splats);
		return false;
	}
	if (l->watch->kmsg.lost)
		return fail_lost(l, "");
	if (!check_insertion(l))
		return false;
	return summary_check(&l->summary, l->why, sizeof(l->why));
}

/* What must be so before the load; reports that come to light here belong to no load. */
static bool prepare(struct load *l)
{
	if (!l->summary.workers_us)
		return fail(l, "There is no memory for the figures of that many workers.", "");
	if (!l->watch->module_was_loaded)
		wait_for_clock(l);
	if (!watch_catch_up(l->watch))
		return fail(l, "The kernel's log could not be read: ", strerror(errno));
	if (l->watch->kmsg.lost)
		return fail_lost(l, " before this load");
	return true;
}

static bool run(struct load *l)
{
	bool followed;
	int error;

	/* Such a test asks for what cannot be had, and the kernel says so. */
	gate_restart(&l->watch->gate, summary_fails_by_design(l->rq->test) ? "vmalloc" : NULL);
	if (!set_mark(l, WIRE_MARK_BEGIN))
		return fail(l,
			    "A mark in /dev/kmsg did not show up in the log; boot with printk.devkmsg=on.", "");
	if (!insertion_start(&l->insertion, l->rq->params))
		return fail(l, "No thread could be started to load the module: ", strerror(errno));
	followed = follow(l);
	error = errno;
	insertion_join(&l->insertion);
	if (!followed)
		return fail(l, "The kernel's log could not be read: ", strerror(error));
	if (!set_mark(l, WIRE_MARK_END))
		return fail(l, "The mark behind the load did not show up in /dev/kmsg.", "");
	watch_check_taint(l->watch, &l->watched);
	l->watch->module_was_loaded = true;
	return check(l);
}

void load_run(struct watch *watch, const struct request *rq, bool listen)
{
	struct load l = {
		.watch = watch,
		.rq = rq,
		.listen = listen,
		.ticked_us = now_us(),
		.summary = { .test = rq->test, .workers = rq->workers,
			     .workers_us = calloc(rq->workers, sizeof(uint64_t)) },
	};
	struct load_result result;

	l.watched = (struct watch_load){ .rq = rq, .data = &l, .line = take_line };
	if (prepare(&l) && run(&l)) {
		result = (struct load_result){ l.summary.workers_us, l.insertion.wall_us, watch_taint(watch) };
		answer_load(watch->port, rq, &result);
	} else {
		answer_error(watch->port, rq, l.why);
	}
	gate_restart(&watch->gate, NULL);
	watch->kmsg.lost = 0;
	free(l.summary.workers_us);
}
