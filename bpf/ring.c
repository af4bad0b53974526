// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/ring.h"

#include "bpf/object.h"
#include "bpf/tracedir.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <traceevent/event-parse.h>
#include <traceevent/kbuffer.h>
#include <tracefs/tracefs.h>
#include <unistd.h>

/* Functions sleep: so many tasks may be in one at a time. Each is a small record of the kernel's. */
#define RETURNS_MAX	256

/*
 * An event carries the time at which its writer began. So long after a moment it is taken for certain that
 * everything of before is in the buffers.
 */
#define GRACE_NS	1000000

#define READER_NICE	(-10)

struct event {
	struct ring_event wanted;
	char path[128];				/* in the instance */
	int id;
	const struct tep_format_field *fields[RING_FIELDS_MAX];
	bool probe;		/* it is one that we made */
};

struct cpu {
	struct tracefs_cpu *file;
	struct kbuffer *page;
	void *memory;
	void *data;		/* of the first event that was not yet handed on; NULL: none */
	unsigned long long ns;
};

struct ring {
	struct ring_options options;
	char name[TRACEDIR_NAME];
	struct tracefs_instance *instance;
	struct tep_handle *tep;
	struct event events[RING_EVENTS_MAX];
	struct cpu *cpus;
	unsigned int n_cpus;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool running;		/* the thread is there */
	bool ending;		/* and is asked to go */
	int error;		/* a buffer could not be read */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool exists(const char *path)
{
	char *file = tracefs_get_tracing_file(path);
	FILE *stream = file ? fopen(file, "re") : NULL;

	if (stream)
		fclose(stream);
	tracefs_put_tracing_file(file);
	return stream != NULL;
}

bool ring_has(const char *system, const char *name)
{
	char path[128], why[256];

	snprintf(path, sizeof(path), "events/%s/%s/format", system, name);
	return tracedir_find(why, sizeof(why)) && exists(path);
}

bool ring_can_probe(void)
{
	char why[256];

	return tracedir_find(why, sizeof(why)) && exists("kprobe_events");
}

/* Writes to a file of the instance. */
static bool put(struct ring *r, const char *path, const char *text, char *why, size_t size)
{
	errno = 0;
	if (tracefs_instance_file_write(r->instance, path, text) >= 0)
		return true;
	snprintf(why, size, "\"%s\" cannot be written to %s of the tracer's instance %s: %s.", text, path,
		 r->name, strerror(errno));
	return false;
}

static bool put_event(struct ring *r, const struct event *event, const char *file, const char *text, char *why,
		      size_t size)
{
	char path[sizeof(event->path) + 16];

	snprintf(path, sizeof(path), "%s/%s", event->path, file);
	return put(r, path, text, why, size);
}

/*
 * Makes the probe of an event that has one. Its name is the instance's with a number, for ring_lost() to find.
 */
static bool make_probe(struct ring *r, unsigned int index, char *why, size_t size)
{
	struct event *event = &r->events[index];
	bool entry = event->wanted.probe == RING_ENTRY;
	char kind[16], command[256];

	snprintf(event->path, sizeof(event->path), "events/%s/%s_%u", r->name, r->name, index);
	snprintf(kind, sizeof(kind), entry ? "p" : "r%d", RETURNS_MAX);
	snprintf(command, sizeof(command), "%s:%s %s\n", kind, event->path + strlen("events/"),
		 event->wanted.name);
	errno = 0;
	event->probe = tracefs_instance_file_append(NULL, "kprobe_events", command) > 0;
	if (!event->probe)
		snprintf(why, size, "The kernel makes no probe event on the %s of %s: %s.",
			 entry ? "entry" : "return", event->wanted.name, strerror(errno));
	return event->probe;
}

static void remove_probe(const struct event *event)
{
	char command[sizeof(event->path) + 8];

	snprintf(command, sizeof(command), "-:%s\n", event->path + strlen("events/"));
	tracefs_instance_file_append(NULL, "kprobe_events", command);
}

static bool find_fields(struct event *event, struct tep_event *format, char *why, size_t size)
{
	unsigned int i;

	for (i = 0; i < RING_FIELDS_MAX && event->wanted.fields[i]; i++) {
		event->fields[i] = tep_find_field(format, event->wanted.fields[i]);
		if (!event->fields[i]) {
			snprintf(why, size, "This kernel's event %s has no field %s.", event->wanted.name,
				 event->wanted.fields[i]);
			return false;
		}
	}
	return true;
}

static bool read_format(struct ring *r, struct event *event, char *why, size_t size)
{
	struct tep_event *format = NULL;
	char path[sizeof(event->path) + 16];
	char *text;
	int length;

	snprintf(path, sizeof(path), "%s/format", event->path);
	text = tracefs_instance_file_read(r->instance, path, &length);
	if (!text) {
		snprintf(why, size, "This kernel has no event %s, or does not show it: %s cannot be read.",
			 event->wanted.name, path);
		return false;
	}
	if (tep_parse_format(r->tep, &format, text, (unsigned long)length, r->name) != 0 || !format) {
		snprintf(why, size, "The kernel's description of its event %s is not understood.",
			 event->wanted.name);
		free(text);
		return false;
	}
	free(text);
	event->id = format->id;
	return find_fields(event, format, why, size);
}

static bool prepare_event(struct ring *r, unsigned int index, char *why, size_t size)
{
	struct event *event = &r->events[index];

	event->wanted = r->options.events[index];
	if (event->wanted.probe != RING_EVENT) {
		if (!make_probe(r, index, why, size))
			return false;
	} else {
		snprintf(event->path, sizeof(event->path), "events/%s/%s", event->wanted.system,
			 event->wanted.name);
	}
	return read_format(r, event, why, size) &&
	       (!event->wanted.filter || put_event(r, event, "filter", event->wanted.filter, why, size));
}

static bool prepare_events(struct ring *r, char *why, size_t size)
{
	unsigned int i;

	for (i = 0; i < r->options.n_events; i++)
		if (!prepare_event(r, i, why, size))
			return false;
	return true;
}

static size_t cpu_bytes(const struct ring *r)
{
	size_t bytes = RING_BYTES / r->n_cpus;

	if (r->options.bytes)
		return r->options.bytes;
	if (bytes < RING_CPU_BYTES_MIN)
		return RING_CPU_BYTES_MIN;
	return bytes > RING_CPU_BYTES_MAX ? RING_CPU_BYTES_MAX : bytes;
}

static bool make_instance(struct ring *r, char *why, size_t size)
{
	char kib[32];

	tracedir_clean();
	tracedir_name(r->name, sizeof(r->name));
	r->instance = tracefs_instance_create(r->name);
	if (!r->instance) {
		snprintf(why, size, "The kernel makes no instance of its tracer: %s.", strerror(errno));
		return false;
	}
	snprintf(kib, sizeof(kib), "%zu", cpu_bytes(r) / 1024);
	return put(r, "tracing_on", "0", why, size) && put(r, "trace_clock", "mono", why, size) &&
	       put(r, "options/overwrite", "0", why, size) && put(r, "buffer_size_kb", kib, why, size);
}

static bool open_cpu(struct ring *r, unsigned int number, char *why, size_t size)
{
	struct cpu *cpu = &r->cpus[number];

	cpu->file = tracefs_cpu_open(r->instance, (int)number, true);
	cpu->page = kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST, KBUFFER_ENDIAN_SAME_AS_HOST);
	cpu->memory = cpu->file ? malloc((size_t)tracefs_cpu_read_size(cpu->file)) : NULL;
	if (cpu->page && cpu->memory)
		return true;
	snprintf(why, size, "The trace buffer of CPU %u cannot be opened: %s.", number, strerror(errno));
	return false;
}

/* Every CPU that may exist has a file, and a process usually may have 1024 until it asks for more. */
static void allow_more_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static bool open_cpus(struct ring *r, char *why, size_t size)
{
	unsigned int i;

	allow_more_files();
	for (i = 0; i < r->n_cpus; i++)
		if (!open_cpu(r, i, why, size))
			return false;
	return true;
}

static void init_wake(struct ring *r)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&r->lock, NULL);
}

static bool prepare(struct ring *r, char *why, size_t size)
{
	r->n_cpus = object_cpus();
	r->cpus = calloc(r->n_cpus, sizeof(*r->cpus));
	r->tep = tep_alloc();
	if (!r->cpus || !r->tep) {
		snprintf(why, size, "There is no memory for reading trace buffers.");
		return false;
	}
	/* It would write to stderr about the texts of events, which are of no use here. */
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(r->tep, sizeof(long));
	return make_instance(r, why, size) && prepare_events(r, why, size) && open_cpus(r, why, size);
}

struct ring *ring_open(const struct ring_options *options, char *why, size_t size)
{
	struct ring *r;

	if (!tracedir_find(why, size))
		return NULL;
	r = calloc(1, sizeof(*r));
	if (!r) {
		snprintf(why, size, "There is no memory for reading trace buffers.");
		return NULL;
	}
	r->options = *options;
	init_wake(r);
	if (prepare(r, why, size))
		return r;
	ring_close(r);
	return NULL;
}

/* A CPU that is not there, or went away, has an empty buffer. */
static bool is_empty(int error)
{
	return error == EAGAIN || error == EINTR || error == ENODEV;
}

/* Looks for the first event that was not handed on. */
static void advance(struct ring *r, struct cpu *cpu)
{
	int got;

	while (!(cpu->data = kbuffer_read_event(cpu->page, &cpu->ns))) {
		got = tracefs_cpu_read(cpu->file, cpu->memory, true);
		if (got < 0 && !is_empty(errno))
			r->error = errno;
		if (got <= 0)
			return;
		kbuffer_load_subbuffer(cpu->page, cpu->memory);
	}
}

static void hand_on(struct ring *r, const struct cpu *cpu)
{
	struct tep_record raw = {
		.data = cpu->data, .size = kbuffer_event_size(cpu->page),
		.record_size = kbuffer_curr_size(cpu->page)
	};
	int id = tep_data_type(r->tep, &raw);
	const struct event *event = r->events;
	struct ring_record record = { .task = tep_data_pid(r->tep, &raw), .ns = cpu->ns };
	unsigned int i;

	while (event < r->events + r->options.n_events && event->id != id)
		event++;
	record.event = (unsigned int)(event - r->events);
	if (record.event == r->options.n_events)
		return;
	for (i = 0; i < RING_FIELDS_MAX && event->fields[i]; i++) {
		unsigned long long value = 0;

		tep_read_number_field((struct tep_format_field *)event->fields[i], cpu->data, &value);
		record.fields[i] = value;
	}
	r->options.handle(r->options.context, &record);
}

static struct cpu *earliest(struct ring *r, uint64_t until_ns)
{
	struct cpu *first = NULL;
	unsigned int i;

	for (i = 0; i < r->n_cpus; i++) {
		struct cpu *cpu = &r->cpus[i];

		if (cpu->data && cpu->ns <= until_ns && (!first || cpu->ns < first->ns))
			first = cpu;
	}
	return first;
}

/*
 * Hands on what happened until @until_ns, which is over. A CPU whose buffer is found empty has nothing of that
 * time any more, so that the earliest event of all CPUs is the next one.
 */
static void drain(struct ring *r, uint64_t until_ns)
{
	struct cpu *cpu;
	unsigned int i;

	for (i = 0; i < r->n_cpus; i++)
		if (!r->cpus[i].data)
			advance(r, &r->cpus[i]);
	while ((cpu = earliest(r, until_ns))) {
		hand_on(r, cpu);
		kbuffer_next_event(cpu->page, &cpu->ns);
		advance(r, cpu);
	}
}

static struct timespec in_a_tick(void)
{
	uint64_t ns = now_ns() + RING_TICK_MS * 1000000ULL;

	return (struct timespec){ (time_t)(ns / 1000000000), (long)(ns % 1000000000) };
}

static void *read_on(void *context)
{
	struct ring *r = context;

	/* It competes with the load that it watches, which may be more tasks than CPUs. */
	setpriority(PRIO_PROCESS, (id_t)gettid(), READER_NICE);
	pthread_mutex_lock(&r->lock);
	while (!r->ending) {
		struct timespec tick = in_a_tick();

		pthread_cond_timedwait(&r->wake, &r->lock, &tick);
		drain(r, now_ns() - GRACE_NS);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

static bool start_thread(struct ring *r, char *why, size_t size)
{
	sigset_t all, before;
	int error;

	/* Signals are the business of the program's own threads. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	error = pthread_create(&r->thread, NULL, read_on, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		snprintf(why, size, "There is no thread for reading trace buffers: %s.", strerror(error));
		return false;
	}
	pthread_setname_np(r->thread, "vmap-ring");
	r->running = true;
	return true;
}

/*
 * All at one moment, by the switch of the whole instance; and after the thread, which is made with areas of its
 * own.
 */
bool ring_start(struct ring *r, char *why, size_t size)
{
	unsigned int i;

	if (!r->options.no_thread && !start_thread(r, why, size))
		return false;
	for (i = 0; i < r->options.n_events; i++)
		if (!put_event(r, &r->events[i], "enable", "1", why, size))
			return false;
	return put(r, "tracing_on", "1", why, size);
}

void ring_stop(struct ring *r)
{
	char why[256];
	unsigned int i;

	put(r, "tracing_on", "0", why, sizeof(why));
	for (i = 0; i < r->options.n_events && r->events[i].id; i++)
		put_event(r, &r->events[i], "enable", "0", why, sizeof(why));
	if (!r->running)
		return;
	pthread_mutex_lock(&r->lock);
	r->ending = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	r->running = false;
	r->ending = false;
}

bool ring_hold(struct ring *r, char *why, size_t size)
{
	struct timespec grace = { 0, GRACE_NS };
	uint64_t until_ns = now_ns();

	nanosleep(&grace, NULL);
	pthread_mutex_lock(&r->lock);
	drain(r, until_ns);
	if (!r->error)
		return true;
	pthread_mutex_unlock(&r->lock);
	snprintf(why, size, "A trace buffer of the instance %s could not be read: %s.", r->name,
		 strerror(r->error));
	return false;
}

void ring_release(struct ring *r)
{
	pthread_mutex_unlock(&r->lock);
}

/* "overrun: 0" and its like, in the statistics of a CPU's buffer. */
static uint64_t cpu_lost(const struct ring *r, unsigned int number)
{
	static const char *const counters[] = { "\noverrun:", "\ncommit overrun:", "\ndropped events:" };
	char path[64];
	uint64_t lost = 0;
	char *stats;
	size_t i;

	snprintf(path, sizeof(path), "per_cpu/cpu%u/stats", number);
	stats = tracefs_instance_file_read(r->instance, path, NULL);
	for (i = 0; stats && i < sizeof(counters) / sizeof(counters[0]); i++) {
		const char *found = strstr(stats, counters[i]);

		if (found)
			lost += strtoull(found + strlen(counters[i]), NULL, 10);
	}
	free(stats);
	return lost;
}

/* "  NAME  HITS  MISSES" for each probe of the system. */
static uint64_t probes_lost(const struct ring *r)
{
	char *profile = tracefs_instance_file_read(NULL, "kprobe_profile", NULL);
	size_t length = strlen(r->name);
	unsigned long long hits, misses;
	char name[TRACEDIR_NAME + 16];
	uint64_t lost = 0;
	char *line, *rest = NULL;

	for (line = profile ? strtok_r(profile, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%63s %llu %llu", name, &hits, &misses) == 3 &&
		    strncmp(name, r->name, length) == 0 && name[length] == '_')
			lost += misses;
	free(profile);
	return lost;
}

uint64_t ring_lost(const struct ring *r)
{
	uint64_t lost = r->events[0].probe ? probes_lost(r) : 0;
	unsigned int i;

	for (i = 0; i < r->n_cpus; i++)
		lost += cpu_lost(r, i);
	return lost;
}

static void close_cpus(struct ring *r)
{
	unsigned int i;

	for (i = 0; r->cpus && i < r->n_cpus; i++) {
		/* A partial page at the end waits for nobody: the file is closed, not flushed. */
		if (r->cpus[i].file)
			tracefs_cpu_close(r->cpus[i].file);
		kbuffer_free(r->cpus[i].page);
		free(r->cpus[i].memory);
	}
	free(r->cpus);
}

void ring_close(struct ring *r)
{
	unsigned int i;

	if (!r)
		return;
	if (r->instance)
		ring_stop(r);
	close_cpus(r);
	if (r->instance) {
		tracefs_instance_destroy(r->instance);
		tracefs_instance_free(r->instance);
	}
	for (i = 0; i < r->options.n_events; i++)
		if (r->events[i].probe)
			remove_probe(&r->events[i]);
	tep_free(r->tep);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
