// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/storm.h"

#include "bpf/storm-memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Longest sleep between two looks at the stop flag. */
#define NAP_NS 50000000

#define HELD_MAX_S 10
#define HELD_NAP_NS 1000000

/* How long the end waits for what was freed to come back, and how much of it may still be missing. */
#define SETTLE_NS 2000000000u
#define SETTLE_SLACK_KIB 1024

/* How often a thread looks while it uses up its share of the memory limit: it may run ahead of the others. */
#define LOOKS_PER_LIMIT 8

enum stage { STAGE_PREPARE, STAGE_MAKE, STAGE_DROP, STAGE_MEMORY };

struct worker {
	struct storm *storm;
	pthread_t thread;
	struct storm_slot *slots;
	uint64_t quota;			/* UINT64_MAX: none */
	atomic_uint_fast64_t done;
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t held_ns;
	uint64_t paced_ns;
	enum stage stage;		/* of @error */
	int error;			/* errno; 0: none */
};

struct storm {
	struct storm_options options;
	struct worker *workers;
	struct storm_memory memory;
	pthread_mutex_t gate;		/* held until all threads are there */
	atomic_bool stop;
	atomic_uint running;
	int done_fds[2];		/* the last thread closes [1] */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void nap(uint64_t ns)
{
	const struct timespec t = { .tv_nsec = (long)(ns < NAP_NS ? ns : NAP_NS) };

	nanosleep(&t, NULL);
}

static bool fail(struct worker *w, enum stage stage)
{
	w->stage = stage;
	w->error = errno ? errno : EIO;
	atomic_store(&w->storm->stop, true);
	return false;
}

/* How many operations a thread may make between two looks at the memory. */
static uint64_t look_interval(const struct storm_options *o)
{
	uint64_t pages = (uint64_t)o->memory_mib * 256 / LOOKS_PER_LIMIT / o->threads;
	uint64_t interval = pages / (o->pages + o->kind->pages_overhead);

	return interval > 0 ? interval : 1;
}

/* Waits until memory that others are still to free is back. */
static bool hold(struct worker *w)
{
	struct storm *s = w->storm;
	uint64_t begin_ns;
	bool low;

	if (!storm_memory_is_low(&s->memory))
		return true;
	begin_ns = now_ns();
	do {
		nap(HELD_NAP_NS);
		low = storm_memory_is_low(&s->memory);
	} while (low && !atomic_load(&s->stop) && now_ns() - begin_ns < HELD_MAX_S * 1000000000ull);
	w->held_ns += now_ns() - begin_ns;
	if (!low || atomic_load(&s->stop))
		return true;
	errno = ENOMEM;
	return fail(w, STAGE_MEMORY);
}

/* Waits until operation @n of this thread is due: the threads take turns. False when it was stopped before. */
static bool pace(struct worker *w, uint64_t n)
{
	const struct storm_options *o = &w->storm->options;
	double turn = (double)n * o->threads + (double)(w - w->storm->workers);
	uint64_t due_ns = w->begin_ns + (uint64_t)(turn / (double)o->rate * 1e9);
	uint64_t begin_ns = now_ns(), now = begin_ns;

	for (; now < due_ns && !atomic_load(&w->storm->stop); now = now_ns())
		nap(due_ns - now);
	w->paced_ns += now - begin_ns;
	return now >= due_ns;
}

static bool drop(struct worker *w, struct storm_slot *slot)
{
	if (!slot->full)
		return true;
	slot->full = false;
	return w->storm->options.kind->drop(slot) || fail(w, STAGE_DROP);
}

static bool operate(struct worker *w, struct storm_slot *slot)
{
	const struct storm_options *o = &w->storm->options;

	if (!drop(w, slot))
		return false;
	if (!o->kind->make(slot, o->pages))
		return fail(w, STAGE_MAKE);
	slot->full = true;
	atomic_fetch_add_explicit(&w->done, 1, memory_order_relaxed);
	return true;
}

static void operate_all(struct worker *w)
{
	const struct storm_options *o = &w->storm->options;
	uint64_t interval = look_interval(o);
	uint64_t n;

	for (n = 0; n < w->quota && !atomic_load_explicit(&w->storm->stop, memory_order_relaxed); n++) {
		if (n % interval == 0 && !hold(w))
			break;
		if (o->rate && !pace(w, n))
			break;
		if (!operate(w, &w->slots[n % o->live]))
			break;
	}
}

static bool prepare(struct worker *w)
{
	const struct storm_options *o = &w->storm->options;
	uint32_t i;

	for (i = 0; o->kind->prepare && i < o->live; i++)
		if (!o->kind->prepare(&w->slots[i], o->pages))
			return fail(w, STAGE_PREPARE);
	return true;
}

static void *work(void *data)
{
	struct worker *w = data;
	struct storm *s = w->storm;
	bool prepared = prepare(w);
	uint32_t i;

	pthread_mutex_lock(&s->gate);
	pthread_mutex_unlock(&s->gate);
	w->begin_ns = now_ns();
	if (prepared)
		operate_all(w);
	for (i = 0; i < s->options.live; i++)
		drop(w, &w->slots[i]);
	w->end_ns = now_ns();
	for (i = 0; i < s->options.live; i++)
		s->options.kind->release(&w->slots[i]);
	if (atomic_fetch_sub(&s->running, 1) == 1)
		close(s->done_fds[1]);
	return NULL;
}

static void storm_free(struct storm *s)
{
	uint32_t i;

	for (i = 0; s->workers && i < s->options.threads; i++)
		free(s->workers[i].slots);
	free(s->workers);
	storm_memory_close(&s->memory);
	pthread_mutex_destroy(&s->gate);
	free(s);
}

static uint64_t quota_of(const struct storm_options *o, uint32_t index)
{
	return o->ops ? o->ops / o->threads + (index < o->ops % o->threads) : UINT64_MAX;
}

static bool worker_init(struct worker *w, struct storm *s, uint32_t index)
{
	uint32_t i;

	w->storm = s;
	w->quota = quota_of(&s->options, index);
	w->slots = calloc(s->options.live, sizeof(*w->slots));
	for (i = 0; w->slots && i < s->options.live; i++)
		w->slots[i].fd = -1;
	return w->slots;
}

static struct storm *storm_new(const struct storm_options *options)
{
	struct storm *s = calloc(1, sizeof(*s));
	uint32_t i;

	if (!s)
		return NULL;
	s->options = *options;
	pthread_mutex_init(&s->gate, NULL);
	s->workers = calloc(options->threads, sizeof(*s->workers));
	for (i = 0; s->workers && i < options->threads; i++) {
		if (!worker_init(&s->workers[i], s, i))
			break;
	}
	if (s->workers && i == options->threads)
		return s;
	storm_free(s);
	return NULL;
}

/* Threads receive no signals: no call of theirs is interrupted. 0 or an errno. */
static int start_thread(struct worker *w)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		pthread_setname_np(w->thread, "vmap-storm");
	return error;
}

static bool start_threads(struct storm *s, char *why, size_t size)
{
	uint32_t started, i;
	int error = 0;

	if (pipe2(s->done_fds, O_CLOEXEC) < 0) {
		snprintf(why, size, "No pipe could be made for the load: %s; see `ulimit -n`.",
			 strerror(errno));
		return false;
	}
	atomic_store(&s->running, s->options.threads + 1);
	pthread_mutex_lock(&s->gate);
	for (started = 0; error == 0 && started < s->options.threads; started += error == 0)
		error = start_thread(&s->workers[started]);
	if (error)
		atomic_store(&s->stop, true);
	pthread_mutex_unlock(&s->gate);
	if (error == 0) {
		if (atomic_fetch_sub(&s->running, 1) == 1)
			close(s->done_fds[1]);
		return true;
	}
	for (i = 0; i < started; i++)
		pthread_join(s->workers[i].thread, NULL);
	close(s->done_fds[0]);
	close(s->done_fds[1]);
	snprintf(why, size, "Thread %u of %u could not be started: %s; see `ulimit -u`, or use fewer threads.",
		 started + 1, s->options.threads, strerror(error));
	return false;
}

struct storm *storm_start(const struct storm_options *options, char *why, size_t size)
{
	struct storm *s = storm_new(options);

	if (!s) {
		snprintf(why, size, "There is no memory for a load of %u threads with %u areas each.",
			 options->threads, options->live);
		return NULL;
	}
	if (storm_memory_open(&s->memory, options->memory_mib, why, size) && start_threads(s, why, size))
		return s;
	storm_free(s);
	return NULL;
}

int storm_fd(const struct storm *storm)
{
	return storm->done_fds[0];
}

uint64_t storm_done(const struct storm *storm)
{
	uint64_t done = 0;
	uint32_t i;

	for (i = 0; i < storm->options.threads; i++)
		done += atomic_load_explicit(&storm->workers[i].done, memory_order_relaxed);
	return done;
}

void storm_stop(struct storm *storm)
{
	atomic_store(&storm->stop, true);
}

static const char *reason_of(const struct storm_kind *kind, int error)
{
	static const struct storm_reason common[] = {
		{ EMFILE, "raise `ulimit -n`, or use fewer threads or live areas" },
		{ ENFILE, "see the sysctl fs.file-max" },
		{ ENOMEM, "the kernel or this process's cgroup has no memory left for it: use fewer pages, "
			  "threads or live areas" },
		{ 0, NULL }
	};
	const struct storm_reason *reason;

	for (reason = kind->reasons; reason->error; reason++)
		if (reason->error == error)
			return reason->text;
	for (reason = common; reason->error; reason++)
		if (reason->error == error)
			return reason->text;
	return "the kernel gives no other reason";
}

static void explain(const struct worker *w, char *why, size_t size)
{
	static const char *const what[] = {
		[STAGE_MAKE] = "failed",
		[STAGE_DROP] = "could not be undone",
	};
	const struct storm_options *o = &w->storm->options;
	const char *reason = reason_of(o->kind, w->error);

	if (w->stage == STAGE_MEMORY) {
		snprintf(why, size,
			 "The kernel took more than %u MiB and did not give it back within %d s: raise the "
			 "memory limit, or lower the rate.",
			 o->memory_mib, HELD_MAX_S);
		return;
	}
	if (w->stage == STAGE_PREPARE)
		snprintf(why, size, "A thread of %s could not be prepared: %s; %s.", o->kind->name,
			 strerror(w->error), reason);
	else
		snprintf(why, size, "Operation %llu of a thread of %s %s: %s; %s.",
			 (unsigned long long)atomic_load(&w->done) + (w->stage == STAGE_MAKE), o->kind->name,
			 what[w->stage], strerror(w->error), reason);
}

static void settle(struct storm *s, struct storm_result *result)
{
	uint64_t begin_ns = now_ns();

	while ((result->growth_kib = storm_memory_growth_kib(&s->memory)) > SETTLE_SLACK_KIB &&
	       now_ns() - begin_ns < SETTLE_NS)
		nap(HELD_NAP_NS);
}

void storm_finish(struct storm *storm, struct storm_result *result, struct storm_worker_result *workers)
{
	uint64_t begin_ns = UINT64_MAX, end_ns = 0;
	uint32_t i;

	*result = (struct storm_result){ .ok = true };
	for (i = 0; i < storm->options.threads; i++) {
		const struct worker *w = &storm->workers[i];

		pthread_join(w->thread, NULL);
		result->ops += w->done;
		begin_ns = w->begin_ns < begin_ns ? w->begin_ns : begin_ns;
		end_ns = w->end_ns > end_ns ? w->end_ns : end_ns;
		if (workers)
			workers[i] = (struct storm_worker_result){ w->done, w->end_ns - w->begin_ns, w->held_ns,
								   w->paced_ns };
		if (w->error && result->ok) {
			explain(w, result->why, sizeof(result->why));
			result->ok = false;
		}
	}
	result->wall_ns = end_ns - begin_ns;
	close(storm->done_fds[0]);
	settle(storm, result);
	storm_free(storm);
}

bool storm_try(const struct storm_kind *kind, char *why, size_t size)
{
	struct storm_options options = { .kind = kind, .threads = 1, .ops = 1, .live = 1 };
	struct storm_result result;
	struct storm *storm;

	if (!storm_check(&options, why, size))
		return false;
	storm = storm_start(&options, why, size);
	if (!storm)
		return false;
	storm_finish(storm, &result, NULL);
	if (!result.ok)
		snprintf(why, size, "%s", result.why);
	return result.ok;
}
