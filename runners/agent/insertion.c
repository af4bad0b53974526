// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/background.h"
#include "runners/agent/calls.h"
#include "runners/agent/clock.h"
#include "runners/agent/last-words.h"
#include "runners/agent/modules.h"
#include "runners/agent/summary.h"
#include "runners/agent/workload.h"
#include "runners/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct insertion {
	const char *module;
	const char *params;
	struct background background;
	int error;		/* errno of finit_module(), 0 when it succeeded */
	uint64_t wall_us;
	struct summary summary;
	struct calls *calls;	/* of our own module; NULL: the other has none */
	struct last_words words;
	bool parameter_ignored;
};

static void end(void *state)
{
	struct insertion *in = state;

	free(in->summary.workers_us);
	free(in->calls);
	free(in);
}

/* False without memory. */
static bool take_memory(struct insertion *in, const struct request *rq)
{
	in->summary.workers_us = calloc(rq->workers, sizeof(uint64_t));
	if (strcmp(rq->module, WIRE_MODULE_LOAD) != 0)
		return in->summary.workers_us;
	in->calls = calloc(1, sizeof(*in->calls));
	return in->summary.workers_us && in->calls;
}

static void *begin(const struct request *rq, char *why)
{
	struct insertion *in;

	if (!modules_bit(rq->module)) {
		snprintf(why, WORKLOAD_WHY_MAX, "%s needs a module, and \"%s\" is none that this agent knows.",
			 rq->test, rq->module ? rq->module : "");
		return NULL;
	}
	in = calloc(1, sizeof(*in));
	if (in) {
		in->module = rq->module;
		in->params = rq->params;
		in->summary = (struct summary){ .test = rq->test, .workers = rq->workers };
		if (take_memory(in, rq))
			return in;
		end(in);
	}
	snprintf(why, WORKLOAD_WHY_MAX, "There is no memory for the figures of that many workers.");
	return NULL;
}

static void insert(void *state)
{
	struct insertion *in = state;
	int fd = modules_open(in->module);
	uint64_t begin_us = clock_now_us();

	in->error = 0;
	if (fd < 0 || syscall(SYS_finit_module, fd, in->params, 0) < 0)
		in->error = errno;
	in->wall_us = clock_now_us() - begin_us;
	if (fd >= 0)
		close(fd);
}

static bool start(void *state, char *why)
{
	struct insertion *in = state;
	int error = background_start(&in->background, insert, in);

	if (error == 0)
		return true;
	snprintf(why, WORKLOAD_WHY_MAX, "No thread could be started to load the module: %s.", strerror(error));
	return false;
}

static int fd(const void *state)
{
	const struct insertion *in = state;

	return background_fd(&in->background);
}

/* A parameter that the module lacks is only logged; the load would measure something else. */
static bool is_unknown_parameter(const struct insertion *in, const struct kmsg_record *record)
{
	char text[80];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s: unknown parameter ", in->module);

	return record->length >= n && memcmp(record->text, text, n) == 0;
}

static void line(void *state, const struct kmsg_record *record)
{
	struct insertion *in = state;

	if (!kmsg_from_kernel(record))
		return;
	if (!summary_feed(&in->summary, record->text, record->length) &&
	    !(in->calls && calls_feed(in->calls, record->text, record->length)))
		last_words_keep(&in->words, record);
	in->parameter_ignored |= is_unknown_parameter(in, record);
}

static void join(void *state)
{
	struct insertion *in = state;

	background_join(&in->background);
}

/* Why the load does not count, with the kernel's last words; always false. */
static bool fail(const struct insertion *in, const char *what, const char *more, char *why)
{
	size_t used = (size_t)snprintf(why, WORKLOAD_WHY_MAX, "%s%s.", what, more);

	last_words_append(&in->words, why, WORKLOAD_WHY_MAX, used);
	return false;
}

static bool fail_to_load(const struct insertion *in, char *why)
{
	char reason[400];

	modules_explain(in->error, reason, sizeof(reason));
	return fail(in, "The module could not be loaded: ", reason, why);
}

/* The module's init function reports success as EAGAIN, so that it never stays loaded. */
static bool check(const void *state, const uint64_t **workers_us, uint64_t *wall_us, char *why)
{
	const struct insertion *in = state;

	if (in->error == 0)
		return fail(in, "The module stayed loaded; expected that its init function returns EAGAIN", "",
			    why);
	if (in->error != EAGAIN)
		return fail_to_load(in, why);
	if (in->parameter_ignored)
		return fail(in, "The module of this kernel does not know a parameter of this load", "", why);
	*workers_us = in->summary.workers_us;
	*wall_us = in->wall_us;
	return summary_check(&in->summary, why, WORKLOAD_WHY_MAX) &&
	       (!in->calls || calls_check(in->calls, why, WORKLOAD_WHY_MAX));
}

static json_t *records(const void *state)
{
	const struct insertion *in = state;

	return in->calls ? calls_records(in->calls) : NULL;
}

const struct workload insertion_workload = {
	.begin = begin,
	.start = start,
	.fd = fd,
	.line = line,
	.join = join,
	.check = check,
	.records = records,
	.end = end,
};
