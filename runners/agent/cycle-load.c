// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/areas.h"
#include "runners/agent/clock.h"
#include "runners/agent/cycle-options.h"
#include "runners/agent/last-words.h"
#include "runners/agent/module-copy.h"
#include "runners/agent/modules.h"
#include "runners/agent/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * What may be in use more than before, when all that the load made is gone: kernel stacks of threads that have
 * come since, workers of each CPU among them, and a block of the cache that module code comes from. How long it
 * may take to go, and for how many looks at it nothing has to go before it counts as gone.
 */
#define AREAS_MORE 32
#define AREAS_MORE_PER_CPU 2
#define KIB_MORE 4096
#define KIB_MORE_PER_CPU 128
#define SETTLE_NS 3000000000ull
#define SETTLE_NAP_NS 20000000
#define SETTLE_LOOKS 5

/* Of Documentation/admin-guide/sysctl/vm.rst: the page cache and all shrinkers; and not to say so each time. */
#define DROP_CACHES "/proc/sys/vm/drop_caches"
#define DROP_ALL "3\n"
#define DROP_SILENTLY "4\n"

enum step { STEP_LOAD, STEP_REMOVE, STEP_PRESSURE };

struct worker {
	struct cycles *cycles;
	pthread_t thread;
	struct module_copy copy;
	uint64_t load_ns;	/* in finit_module() */
	uint64_t cycle_ns;	/* in finit_module() and delete_module() */
	uint64_t begin_ns;
	uint64_t end_ns;
	uint32_t done;
	enum step step;		/* of @error */
	int error;		/* errno; 0: none */
};

struct cycles {
	struct cycle_options options;
	bool loads_only;	/* removal is no part of the time */
	uint32_t workers_count;
	struct worker *workers;
	uint64_t *workers_us;
	char params[64];	/* of the module */
	pthread_mutex_t gate;	/* held until all threads are there */
	pthread_barrier_t barrier;
	atomic_bool stop;
	atomic_uint running;
	int done_fds[2];	/* the last thread closes [1] */
	struct areas before, after;
	struct areas_allowed allowed;	/* of them more than before */
	int areas_error;	/* errno of reading them */
	char leak[300];		/* a sentence, or "" */
	struct last_words words;
};

static void end(void *state)
{
	struct cycles *c = state;
	uint32_t i;

	for (i = 0; c->workers && i < c->workers_count; i++)
		module_copy_release(&c->workers[i].copy);
	pthread_mutex_destroy(&c->gate);
	free(c->workers);
	free(c->workers_us);
	free(c);
}

static struct areas_allowed allowed_growth(long cpus)
{
	uint32_t known = cpus > 0 ? (uint32_t)cpus : 1;

	return (struct areas_allowed){
		.count = AREAS_MORE + known * AREAS_MORE_PER_CPU,
		.kib = KIB_MORE + known * KIB_MORE_PER_CPU,
	};
}

static struct cycles *cycles_new(const struct request *rq)
{
	struct cycles *c = calloc(1, sizeof(*c));
	uint32_t i;

	if (!c)
		return NULL;
	c->loads_only = strcmp(rq->test, "module_load") == 0;
	c->workers_count = rq->workers;
	c->allowed = allowed_growth(sysconf(_SC_NPROCESSORS_ONLN));
	pthread_mutex_init(&c->gate, NULL);
	c->workers = calloc(rq->workers, sizeof(*c->workers));
	c->workers_us = calloc(rq->workers, sizeof(*c->workers_us));
	for (i = 0; c->workers && i < rq->workers; i++)
		c->workers[i] = (struct worker){ .cycles = c, .copy.fd = -1 };
	if (c->workers && c->workers_us)
		return c;
	end(c);
	return NULL;
}

/* A file for each worker. */
static bool make_copies(struct cycles *c, const char *name, char *why)
{
	size_t size_min = (size_t)c->options.pages * (size_t)sysconf(_SC_PAGESIZE);
	struct module_file file;
	bool ok = module_file_read(&file, name, size_min);
	char reason[400];
	uint32_t i;

	if (!ok) {
		modules_explain(errno, reason, sizeof(reason));
		snprintf(why, WORKLOAD_WHY_MAX, "%s.ko could not be read: %s.", name, reason);
		return false;
	}
	for (i = 0; ok && i < c->workers_count; i++)
		ok = module_copy_make(&c->workers[i].copy, &file, i);
	if (!ok)
		snprintf(why, WORKLOAD_WHY_MAX,
			 "Copy %u of %s.ko, of %zu bytes, could not be made in memory: %s; it needs "
			 "CONFIG_MEMFD_CREATE and /proc.",
			 i, name, file.size, strerror(errno));
	module_file_release(&file);
	return ok;
}

static void *begin(const struct request *rq, char *why)
{
	struct cycles *c;

	if (rq->workers > MODULE_COPIES_MAX) {
		snprintf(why, WORKLOAD_WHY_MAX, "%s has 1 to %d workers, not %u.", rq->test, MODULE_COPIES_MAX,
			 rq->workers);
		return NULL;
	}
	c = cycles_new(rq);
	if (!c) {
		snprintf(why, WORKLOAD_WHY_MAX, "There is no memory for the figures of that many workers.");
		return NULL;
	}
	if (cycle_options_parse(rq->params, &c->options, why, WORKLOAD_WHY_MAX) &&
	    make_copies(c, rq->module, why)) {
		snprintf(c->params, sizeof(c->params), "areas=%u leak=%u", c->options.live, c->options.leak);
		return c;
	}
	end(c);
	return NULL;
}

static bool give_up(struct worker *w, enum step step)
{
	w->step = step;
	w->error = errno ? errno : EIO;
	atomic_store(&w->cycles->stop, true);
	return false;
}

static bool cycle(struct worker *w)
{
	uint64_t begin_ns = clock_now_ns();

	if (syscall(SYS_finit_module, w->copy.fd, w->cycles->params, 0) < 0)
		return give_up(w, STEP_LOAD);
	w->load_ns += clock_now_ns() - begin_ns;
	if (syscall(SYS_delete_module, w->copy.name, O_NONBLOCK) < 0)
		return give_up(w, STEP_REMOVE);
	w->cycle_ns += clock_now_ns() - begin_ns;
	w->done++;
	return true;
}

/* Of one worker only: the kernel drops the caches of all CPUs. */
static bool press(struct worker *w, const char *how)
{
	int fd = open(DROP_CACHES, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, how, strlen(how)) > 0;

	if (!ok)
		give_up(w, STEP_PRESSURE);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool is_stopped(const struct cycles *c)
{
	return atomic_load_explicit(&c->stop, memory_order_relaxed);
}

static bool presses(const struct worker *w)
{
	return w->cycles->options.pressure && w == w->cycles->workers;
}

static void cycle_all(struct worker *w)
{
	const struct cycles *c = w->cycles;
	uint32_t i;

	for (i = 0; i < c->options.loops && !is_stopped(c); i++)
		if (!cycle(w) || (presses(w) && !press(w, DROP_ALL)))
			return;
}

/*
 * The loads of this boot, for leaks that are too small to be seen in one: what was in use before the first of
 * them, with all that has come between them since, and after the last one.
 */
static struct {
	struct areas before, after;
	uint32_t loads;
} boot;

static bool count_areas(struct cycles *c, struct areas *areas)
{
	if (!areas_read(areas))
		c->areas_error = errno;
	return !c->areas_error;
}

/* What a removed module had is given back later: by work items, after grace periods. */
static bool wait_for_more(const struct cycles *c, uint64_t begin_ns)
{
	const struct timespec nap = { .tv_nsec = SETTLE_NAP_NS };

	if (is_stopped(c) || clock_now_ns() - begin_ns > SETTLE_NS)
		return false;
	nanosleep(&nap, NULL);
	return true;
}

/* When nothing of the warm-up goes away any more: what still did would hide as much that comes. */
static void count_before(struct cycles *c)
{
	static const struct areas_allowed none;
	uint64_t begin_ns = clock_now_ns();
	struct areas *now = &c->before, *earlier = &c->after;
	uint32_t looks = 0;

	if (!count_areas(c, now))
		return;
	while (looks < SETTLE_LOOKS && wait_for_more(c, begin_ns)) {
		*earlier = *now;
		if (!count_areas(c, now))
			return;
		looks = areas_are_back(now, earlier, &none, "", NULL, 0) ? looks + 1 : 0;
	}
	if (boot.loads == 0)
		boot.before = *now;
	else
		areas_raise(&boot.before, &boot.after, now);
}

static bool are_back(struct cycles *c)
{
	return areas_are_back(&c->before, &c->after, &c->allowed, "before the load", c->leak,
			      sizeof(c->leak)) &&
	       areas_are_back(&boot.before, &c->after, &c->allowed, "before the first such load of the boot",
			      c->leak, sizeof(c->leak));
}

static void count_after(struct cycles *c)
{
	uint64_t begin_ns = clock_now_ns();

	if (c->areas_error || is_stopped(c))
		return;
	do {
		if (!count_areas(c, &c->after))
			return;
		if (are_back(c)) {
			c->leak[0] = '\0';
			break;
		}
	} while (wait_for_more(c, begin_ns));
	boot.after = c->after;
	boot.loads++;
}

/* All threads stand still while one of them counts, so that their own stacks are in both counts. */
static void stand_still(struct cycles *c, void (*count)(struct cycles *c))
{
	if (pthread_barrier_wait(&c->barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
		count(c);
	pthread_barrier_wait(&c->barrier);
}

/*
 * One cycle that is not measured: it fills the kernel's caches, makes it start the threads that it needs, and
 * shows whether it can be done at all.
 */
static void warm_up(struct worker *w)
{
	if (cycle(w) && presses(w) && press(w, DROP_SILENTLY))
		press(w, DROP_ALL);
	w->load_ns = w->cycle_ns = 0;
	w->done = 0;
}

static void *work(void *data)
{
	struct worker *w = data;
	struct cycles *c = w->cycles;

	pthread_mutex_lock(&c->gate);
	pthread_mutex_unlock(&c->gate);
	if (!is_stopped(c))
		warm_up(w);
	stand_still(c, count_before);
	w->begin_ns = clock_now_ns();
	cycle_all(w);
	w->end_ns = clock_now_ns();
	stand_still(c, count_after);
	if (atomic_fetch_sub(&c->running, 1) == 1)
		close(c->done_fds[1]);
	return NULL;
}

/* How many of the threads could be started; they wait at the gate. */
static uint32_t start_threads(struct cycles *c, int *ret_error)
{
	sigset_t all, before;
	uint32_t i;

	*ret_error = 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (i = 0; i < c->workers_count; i++) {
		*ret_error = pthread_create(&c->workers[i].thread, NULL, work, &c->workers[i]);
		if (*ret_error)
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return i;
}

static void join_threads(struct cycles *c, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		pthread_join(c->workers[i].thread, NULL);
	if (count > 0)
		pthread_barrier_destroy(&c->barrier);
	close(c->done_fds[0]);
}

static bool start(void *state, char *why)
{
	struct cycles *c = state;
	uint32_t started;
	int error;

	if (pipe2(c->done_fds, O_CLOEXEC) < 0) {
		snprintf(why, WORKLOAD_WHY_MAX, "No pipe could be made for the load: %s.", strerror(errno));
		return false;
	}
	pthread_mutex_lock(&c->gate);
	started = start_threads(c, &error);
	atomic_store(&c->stop, error != 0);
	atomic_store(&c->running, started);
	if (started > 0)
		pthread_barrier_init(&c->barrier, NULL, started);
	else
		close(c->done_fds[1]);
	pthread_mutex_unlock(&c->gate);
	if (!error)
		return true;
	join_threads(c, started);
	snprintf(why, WORKLOAD_WHY_MAX, "Thread %u of %u could not be started: %s.", started + 1,
		 c->workers_count, strerror(error));
	return false;
}

static int fd(const void *state)
{
	const struct cycles *c = state;

	return c->done_fds[0];
}

static void line(void *state, const struct kmsg_record *record)
{
	struct cycles *c = state;

	if (kmsg_from_kernel(record))
		last_words_keep(&c->words, record);
}

static void join(void *state)
{
	struct cycles *c = state;

	join_threads(c, c->workers_count);
}

static const char *leak(const void *state)
{
	const struct cycles *c = state;

	return c->leak[0] ? c->leak : NULL;
}

/* The worker that failed first cannot be told: the others were only made to stop. NULL when none has. */
static const struct worker *find_failed(const struct cycles *c)
{
	uint32_t i;

	for (i = 0; i < c->workers_count; i++)
		if (c->workers[i].error)
			return &c->workers[i];
	return NULL;
}

/* Why the kernel would not, in words of what was asked of it. */
static void explain(const struct worker *w, char *reason, size_t size)
{
	if (w->step == STEP_PRESSURE)
		snprintf(reason, size, "%s", strerror(w->error));
	else
		modules_explain(w->error, reason, size);
}

static bool fail(const struct cycles *c, const struct worker *w, char *why)
{
	static const char *const steps[] = {
		[STEP_LOAD] = "could not be loaded",
		[STEP_REMOVE] = "could not be removed",
		[STEP_PRESSURE] = "was left alone, as " DROP_CACHES " could not be written,",
	};
	char reason[400];
	size_t used;

	explain(w, reason, sizeof(reason));
	used = (size_t)snprintf(why, WORKLOAD_WHY_MAX, "The module %s %s after %u cycles: %s.", w->copy.name,
				steps[w->step], w->done, reason);
	last_words_append(&c->words, why, WORKLOAD_WHY_MAX, used);
	return false;
}

static void take_times(const struct cycles *c, uint64_t *wall_us)
{
	uint64_t begin_ns = UINT64_MAX, end_ns = 0;
	uint32_t i;

	for (i = 0; i < c->workers_count; i++) {
		const struct worker *w = &c->workers[i];

		c->workers_us[i] = (c->loads_only ? w->load_ns : w->cycle_ns) / 1000;
		begin_ns = w->begin_ns < begin_ns ? w->begin_ns : begin_ns;
		end_ns = w->end_ns > end_ns ? w->end_ns : end_ns;
	}
	*wall_us = (end_ns - begin_ns) / 1000;
}

static bool check(const void *state, const uint64_t **workers_us, uint64_t *wall_us, char *why)
{
	const struct cycles *c = state;
	const struct worker *failed = find_failed(c);

	if (failed)
		return fail(c, failed, why);
	if (c->areas_error) {
		snprintf(why, WORKLOAD_WHY_MAX,
			 AREAS_PATH " could not be read, so that a leak would not be seen: %s.",
			 strerror(c->areas_error));
		return false;
	}
	take_times(c, wall_us);
	*workers_us = c->workers_us;
	return true;
}

const struct workload cycle_workload = {
	.begin = begin,
	.start = start,
	.fd = fd,
	.line = line,
	.join = join,
	.leak = leak,
	.check = check,
	.end = end,
};
