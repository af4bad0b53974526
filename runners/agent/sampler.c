// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/sampler.h"

#include "bpf/symbols.h"
#include "runners/agent/stacks.h"
#include "runners/wire.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of each CPU: at 1000 Hz and 20 callers five seconds; read when it is half full. */
#define RING_BYTES (1 << 20)
/* The kernel's records have a length of 16 bits. */
#define RECORD_MAX (1 << 16)
/* Values from here on stand for a change of context, not for an address. */
#define CONTEXT_FIRST ((uint64_t)-4095)

#define FRAME_USER "[user]"
#define FRAME_MODULES "[modules]"

struct cpu {
	int fd;
	struct perf_event_mmap_page *ring; /* and RING_BYTES of records a page behind it */
};

struct sampler {
	const char *event;
	struct cpu *cpus;
	size_t cpus_count;
	int epoll;
	struct symbols *symbols;
	uint64_t text_begin, text_end;
	struct stacks *stacks;
	bool counts_lost; /* the kernel says how many an event has lost: from 6.0 on */
	uint64_t lost; /* samples that found no room in a ring, or here */
	uint64_t lost_before; /* by the events, when the load began */
	uint64_t throttled; /* how often the kernel held back samples */
	uint64_t record[RECORD_MAX / sizeof(uint64_t)];
};

/* In this order. */
static const struct {
	const char *name;
	uint32_t type;
	uint64_t config;
} events[] = {
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES },
	{ "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK },
};

#define EVENTS_COUNT (sizeof(events) / sizeof(events[0]))

static int open_attr(struct perf_event_attr *attr, int cpu)
{
	return (int)syscall(SYS_perf_event_open, attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int open_event(struct sampler *s, size_t event, uint32_t hz, int cpu)
{
	struct perf_event_attr attr = {
		.type = events[event].type,
		.size = sizeof(attr),
		.config = events[event].config,
		.freq = 1,
		.sample_freq = hz,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN,
		.sample_max_stack = RECORD_FRAMES_MAX - 2,
		.read_format = PERF_FORMAT_LOST,
		.exclude_callchain_user = 1,
		.exclude_hv = 1,
		.disabled = 1,
		.watermark = 1,
		.wakeup_watermark = RING_BYTES / 2,
	};
	int fd = open_attr(&attr, cpu);

	if (fd < 0 && errno == EINVAL) {
		attr.read_format = 0;
		fd = open_attr(&attr, cpu);
		s->counts_lost = s->counts_lost && fd < 0;
	}
	return fd;
}

static bool open_cpu(struct sampler *s, size_t event, uint32_t hz, int number)
{
	struct cpu cpu = { .fd = open_event(s, event, hz, number) };
	struct epoll_event when = { .events = EPOLLIN };

	if (cpu.fd < 0)
		return errno == ENODEV; /* a CPU that is offline */
	cpu.ring = mmap(NULL, (size_t)getpagesize() + RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, cpu.fd,
			0);
	if (cpu.ring == MAP_FAILED || epoll_ctl(s->epoll, EPOLL_CTL_ADD, cpu.fd, &when) < 0) {
		int error = errno;

		if (cpu.ring != MAP_FAILED)
			munmap(cpu.ring, (size_t)getpagesize() + RING_BYTES);
		close(cpu.fd);
		errno = error;
		return false;
	}
	s->cpus[s->cpus_count++] = cpu;
	return true;
}

static void close_cpus(struct sampler *s)
{
	while (s->cpus_count) {
		const struct cpu *cpu = &s->cpus[--s->cpus_count];

		munmap(cpu->ring, (size_t)getpagesize() + RING_BYTES);
		close(cpu->fd);
	}
}

static const char *words_of(int error)
{
	switch (error) {
	case ENOENT:
	case EOPNOTSUPP:
		return "this machine does not count it, or does not interrupt for it";
	case EINVAL:
		return "the kernel refuses it: more samples a second than kernel.perf_event_max_sample_rate?";
	case EACCES:
	case EPERM:
		return "the kernel does not permit it";
	case ENOSYS:
		return "the kernel was built without CONFIG_PERF_EVENTS";
	default:
		return strerror(error);
	}
}

/* False with errno, and nothing open. */
static bool open_all(struct sampler *s, size_t event, uint32_t hz)
{
	long possible = sysconf(_SC_NPROCESSORS_CONF);
	int error;
	long i;

	for (i = 0; i < possible && open_cpu(s, event, hz, (int)i); i++)
		;
	if (i == possible && s->cpus_count)
		return true;
	error = errno;
	close_cpus(s);
	errno = error;
	return false;
}

/* Tries each event that @rq permits; adds those that do not work to @refused. */
static bool choose_event(struct sampler *s, const struct request *rq, json_t *refused, char *why, size_t size)
{
	size_t i;

	snprintf(why, size, "There is no event \"%s\" to sample by; expected cycles or cpu-clock.",
		 rq->event ? rq->event : "");
	for (i = 0; i < EVENTS_COUNT; i++) {
		if (rq->event && strcmp(rq->event, events[i].name) != 0)
			continue;
		s->event = events[i].name;
		if (open_all(s, i, rq->hz))
			return true;
		snprintf(why, size, "The CPUs cannot be sampled by %s: %s.", s->event, words_of(errno));
		json_array_append_new(refused,
				      json_pack("{s:s, s:s}", "event", s->event, "why", words_of(errno)));
	}
	return false;
}

static bool read_symbols(struct sampler *s, char *why, size_t size)
{
	s->symbols = symbols_read(why, size);
	if (!s->symbols)
		return false;
	s->text_begin = symbols_text(s->symbols, &s->text_end);
	if (!s->text_begin)
		snprintf(why, size, "/proc/kallsyms has no addresses: kernel.kptr_restrict hides them.");
	return s->text_begin;
}

static json_t *describe(const struct sampler *s, const struct request *rq, const json_t *refused)
{
	return json_pack("{s:s, s:s, s:i, s:i, s:O}", "t", "sampler", "event", s->event, "hz", (int)rq->hz,
			 "cpus", (int)s->cpus_count, "refused", refused);
}

json_t *sampler_open(const struct request *rq, struct sampler **ret_sampler, char *why, size_t size)
{
	long possible = sysconf(_SC_NPROCESSORS_CONF);
	struct sampler *s = calloc(1, sizeof(*s));
	json_t *refused = json_array();
	json_t *record = NULL;

	snprintf(why, size, "There is no memory for samples.");
	if (s) {
		s->counts_lost = true;
		s->cpus = calloc((size_t)possible, sizeof(*s->cpus));
		s->stacks = stacks_new();
		s->epoll = epoll_create1(EPOLL_CLOEXEC);
		if (s->cpus && s->stacks && read_symbols(s, why, size) &&
		    choose_event(s, rq, refused, why, size))
			record = describe(s, rq, refused);
	}
	json_decref(refused);
	if (record)
		*ret_sampler = s;
	else
		sampler_close(s);
	return record;
}

void sampler_close(struct sampler *s)
{
	if (!s)
		return;
	close_cpus(s);
	close(s->epoll);
	stacks_free(s->stacks);
	symbols_free(s->symbols);
	free(s->cpus);
	free(s);
}

/* Modules come and go, and those of tests are gone when their addresses are read: they are one name. */
static const char *name_of(const struct sampler *s, uint64_t address)
{
	const char *name = NULL;

	if (address >= s->text_begin && address <= s->text_end)
		name = symbols_function(s->symbols, address, NULL);
	return name ? name : FRAME_MODULES;
}

struct sample {
	uint64_t ip;
	uint32_t pid, tid;
	uint64_t count;
	uint64_t chain[];
};

/* A caller's address is that behind its call, which may be where the next function begins. */
static size_t name_frames(const struct sampler *s, const struct sample *sample, const char **frames)
{
	size_t count = 0;
	uint64_t i;

	frames[count++] = name_of(s, sample->ip);
	for (i = 0; i < sample->count && count < RECORD_FRAMES_MAX - 1; i++) {
		const char *name;

		if (sample->chain[i] >= CONTEXT_FIRST || (count == 1 && sample->chain[i] == sample->ip))
			continue;
		name = name_of(s, sample->chain[i] - 1);
		/* Functions of one module that call each other are one frame. */
		if (strcmp(name, FRAME_MODULES) != 0 || strcmp(frames[count - 1], FRAME_MODULES) != 0)
			frames[count++] = name;
	}
	return count;
}

static bool take_sample(struct sampler *s, const struct perf_event_header *header, const struct sample *sample)
{
	const char *frames[RECORD_FRAMES_MAX] = { FRAME_USER };
	size_t count = 1;

	if (header->size < sizeof(*header) + sizeof(*sample) ||
	    sample->count > (header->size - sizeof(*header) - sizeof(*sample)) / sizeof(sample->chain[0]))
		return false;
	if ((header->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL) {
		count = name_frames(s, sample, frames);
		if (sample->pid == 0)
			frames[count++] = STACKS_IDLE;
	}
	return stacks_add(s->stacks, frames, count);
}

static void take_record(struct sampler *s, const struct perf_event_header *header)
{
	const uint64_t *words = (const uint64_t *)(header + 1);

	switch (header->type) {
	case PERF_RECORD_SAMPLE:
		if (!take_sample(s, header, (const struct sample *)words))
			s->lost++;
		break;
	/* The event, and how many: in front of the first record that fits again, of a later load, or never. */
	case PERF_RECORD_LOST:
		if (s->counts_lost)
			break;
		s->lost += header->size >= sizeof(*header) + 2 * sizeof(*words) ? words[1] : 1;
		break;
	case PERF_RECORD_THROTTLE:
		s->throttled++;
		break;
	}
}

static void copy_out(const struct cpu *cpu, uint64_t at, void *to, size_t length)
{
	const unsigned char *records = (const unsigned char *)cpu->ring + getpagesize();
	size_t offset = at % RING_BYTES;
	size_t first = length < RING_BYTES - offset ? length : RING_BYTES - offset;

	memcpy(to, records + offset, first);
	memcpy((unsigned char *)to + first, records, length - first);
}

static void drain_cpu(struct sampler *s, const struct cpu *cpu, bool keep)
{
	uint64_t head = __atomic_load_n(&cpu->ring->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = cpu->ring->data_tail;

	while (tail < head) {
		struct perf_event_header *header = (struct perf_event_header *)s->record;

		copy_out(cpu, tail, header, sizeof(*header));
		if (header->size < sizeof(*header))
			break;
		copy_out(cpu, tail, header, header->size);
		if (keep)
			take_record(s, header);
		tail += header->size;
	}
	__atomic_store_n(&cpu->ring->data_tail, head, __ATOMIC_RELEASE);
}

static void drain_all(struct sampler *s, bool keep)
{
	size_t i;

	for (i = 0; i < s->cpus_count; i++)
		drain_cpu(s, &s->cpus[i], keep);
}

void sampler_drain(struct sampler *s)
{
	if (s)
		drain_all(s, true);
}

int sampler_fd(const struct sampler *s)
{
	return s ? s->epoll : -1;
}

static bool tell_all(const struct sampler *s, unsigned long request, char *why, size_t size)
{
	size_t i;

	for (i = 0; i < s->cpus_count; i++) {
		if (ioctl(s->cpus[i].fd, request, 0) < 0) {
			snprintf(why, size, "The samples of the CPUs cannot be switched on or off: %s.",
				 strerror(errno));
			return false;
		}
	}
	return true;
}

/* How many samples the events have lost since they were opened; 0 when the kernel does not know. */
static bool read_lost(const struct sampler *s, uint64_t *ret_lost, char *why, size_t size)
{
	uint64_t values[2]; /* what was counted, and what was lost */
	size_t i;

	*ret_lost = 0;
	for (i = 0; s->counts_lost && i < s->cpus_count; i++) {
		if (read(s->cpus[i].fd, values, sizeof(values)) != sizeof(values)) {
			snprintf(why, size, "How many samples of a CPU were lost cannot be read.");
			return false;
		}
		*ret_lost += values[1];
	}
	return true;
}

bool sampler_begin(struct sampler *s, char *why, size_t size)
{
	if (!s)
		return true;
	drain_all(s, false);
	stacks_clear(s->stacks);
	s->lost = 0;
	s->throttled = 0;
	return read_lost(s, &s->lost_before, why, size) && tell_all(s, PERF_EVENT_IOC_ENABLE, why, size);
}

bool sampler_end(struct sampler *s, char *why, size_t size)
{
	uint64_t lost;

	if (!s)
		return true;
	if (!tell_all(s, PERF_EVENT_IOC_DISABLE, why, size) || !read_lost(s, &lost, why, size))
		return false;
	s->lost += lost - s->lost_before;
	drain_all(s, true);
	return true;
}

json_t *sampler_records(const struct sampler *s, char *why, size_t size)
{
	json_t *records, *record;

	if (!s)
		return NULL;
	records = json_array();
	record = json_pack("{s:s, s:s, s:I, s:I}", "t", "samples", "event", s->event, "lost",
			   (json_int_t)s->lost, "throttled", (json_int_t)s->throttled);
	if (!stacks_describe(s->stacks, record) || json_array_append(records, record) < 0) {
		snprintf(why, size, "There is no memory for the samples of the load.");
		json_decref(records);
		records = NULL;
	}
	json_decref(record);
	return records;
}
