// SPDX-License-Identifier: GPL-2.0-only
#include "tests/guest/guest.h"

#include "bpf/storm.h"
#include "runners/agent/kmsg.h"
#include "runners/agent/summary.h"
#include "runners/splat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MODULE		"/test_vmalloc.ko"
#define TEST		"fix_size_alloc_test"
#define THREADS_MAX	64
/* How long the last lines of a load may take to show up in /dev/kmsg, in steps of a millisecond. */
#define LINES_MS	5000

static struct kmsg kmsg;
static unsigned int splats;

void guest_say(json_t *record)
{
	json_dumpf(record, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(record);
}

static void power_off(void)
{
	fflush(stdout);
	/* The kernel's last words must not fall into ours. */
	tcdrain(STDOUT_FILENO);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

void guest_end(void)
{
	guest_say(json_pack("{s:s}", "t", "end"));
	power_off();
	__builtin_unreachable();
}

void guest_fail(const char *format, ...)
{
	char why[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	guest_say(json_pack("{s:s, s:s}", "t", "error", "why", why));
	power_off();
	__builtin_unreachable();
}

void guest_begin(void)
{
	static const char *const mounts[][2] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" },
		{ "tracefs", "/sys/kernel/tracing" }, { "tmpfs", "/tmp" },
	};
	size_t i;
	int console;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i][1], 0755);
		if (mount(mounts[i][0], mounts[i][1], mounts[i][0], 0, NULL) && errno != EBUSY)
			guest_fail("mounting %s failed: %s", mounts[i][1], strerror(errno));
	}
	console = open("/dev/console", O_RDWR);
	dup2(console, STDIN_FILENO);
	dup2(console, STDOUT_FILENO);
	dup2(console, STDERR_FILENO);
	setvbuf(stdout, NULL, _IOLBF, 1 << 16);
	/* What else starts here may need it. */
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	if (!kmsg_open(&kmsg))
		guest_fail("/dev/kmsg cannot be opened: %s", strerror(errno));
}

unsigned int guest_argument(const char *name)
{
	/* The kernel hands to its init what it does not know itself. */
	const char *value = getenv(name);
	unsigned int number = value ? (unsigned int)strtoul(value, NULL, 10) : 0;

	if (!number)
		guest_fail("%s=NUMBER is missing on the kernel's command line", name);
	return number;
}

/* Reads what there is of the log, for @summary too unless it is NULL. */
static void read_log(struct summary *summary)
{
	struct kmsg_record record;

	while (kmsg_read(&kmsg, &record) > 0) {
		if (kmsg_from_kernel(&record) && splat_match(record.text, record.length))
			splats++;
		if (summary)
			summary_feed(summary, record.text, record.length);
	}
}

unsigned int guest_splats(void)
{
	read_log(NULL);
	return splats;
}

static void load_module(unsigned int threads, unsigned int loops)
{
	char parameters[200];
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	snprintf(parameters, sizeof(parameters), "run_test_mask=1 test_repeat_count=1 sequential_test_order=1 "
		 "nr_threads=%u test_loop_count=%u", threads, loops);
	/* It runs its tests and then refuses to be loaded. */
	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0) == 0 || errno != EAGAIN)
		guest_fail("%s did not run: %s", MODULE, strerror(errno));
	close(fd);
}

uint64_t guest_vmalloc_test(unsigned int threads, unsigned int loops)
{
	uint64_t workers_us[THREADS_MAX] = { 0 };
	struct summary summary = { .test = TEST, .workers = threads, .workers_us = workers_us };
	uint64_t slowest = 0;
	unsigned int i;
	char why[400];

	if (threads > THREADS_MAX)
		guest_fail("at most %d threads, not %u", THREADS_MAX, threads);
	read_log(NULL);
	load_module(threads, loops);
	for (i = 0; summary.finished < threads && i < LINES_MS; i++) {
		read_log(&summary);
		usleep(1000);
	}
	if (!summary_check(&summary, why, sizeof(why)))
		guest_fail("%s", why);
	for (i = 0; i < threads; i++)
		slowest = workers_us[i] > slowest ? workers_us[i] : slowest;
	return slowest;
}

uint64_t guest_storm(const char *kind, unsigned int threads, uint64_t operations)
{
	struct storm_options options = { .kind = storm_find(kind), .threads = threads, .ops = operations };
	struct storm_result result;
	struct storm *storm;
	char why[400];

	if (!options.kind)
		guest_fail("there is no load %s", kind);
	if (!storm_check(&options, why, sizeof(why)) || !(storm = storm_start(&options, why, sizeof(why))))
		guest_fail("%s", why);
	storm_finish(storm, &result, NULL);
	if (!result.ok)
		guest_fail("%s", result.why);
	return result.ops;
}

double guest_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* The number at @number of the first record whose @key is @value. */
static json_int_t find_number(const json_t *records, const char *key, const char *value, const char *number)
{
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record) {
		const char *text = json_string_value(json_object_get(record, key));

		if (text && strcmp(text, value) == 0)
			return json_integer_value(json_object_get(record, number));
	}
	return -1;
}

json_int_t guest_hist(const json_t *records, const char *function, const char *key)
{
	return find_number(records, "function", function, key);
}

json_int_t guest_number(const json_t *records, const char *type, const char *key)
{
	return find_number(records, "t", type, key);
}
