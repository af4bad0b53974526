// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/load.h"
#include "runners/agent/port.h"
#include "runners/agent/answer.h"
#include "runners/agent/early.h"
#include "runners/agent/request-reader.h"
#include "runners/agent/request.h"
#include "runners/agent/sampler.h"
#include "runners/agent/taint.h"
#include "runners/agent/tracer.h"
#include "runners/agent/watch.h"
#include "runners/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The /init of a guest: the only process, in an initramfs that has nothing but this, the module and a console.
 * Or, with --stdio DIR, a program on a board that the host has started over ssh: then the board is the host's
 * to mount, to reboot and to clean up. What of a load is in the kernel when the host goes away is gone with the
 * next reboot.
 */

/* The driver finds the port a moment after we are started. */
#define PORT_WAIT_MS 10000

static struct tracer tracer;
static struct sampler *sampler;
static bool on_board;

static _Noreturn void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	/* Without a way to power off, the host sees the last record and ends the machine. */
	for (;;)
		pause();
}

static _Noreturn void leave(int status)
{
	if (!on_board)
		power_off();
	tracer_close(&tracer);
	sampler_close(sampler);
	_exit(status);
}

_Noreturn void answer_lost(void)
{
	leave(1);
}

/* Goes to the console, which is all there is as long as the port is missing. */
static _Noreturn void give_up(const char *what, const char *why)
{
	fprintf(stderr, "vmapbench agent: %s%s.\n", what, why);
	leave(1);
}

static void mount_all(void)
{
	static const struct {
		const char *type;
		const char *at;
	} mounts[] = {
		{ "devtmpfs", "/dev" },
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
	};
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].at, 0755);
		if (mount(mounts[i].type, mounts[i].at, mounts[i].type, MS_NOSUID | MS_NOEXEC, NULL) < 0 &&
		    errno != EBUSY)
			fprintf(stderr, "vmapbench agent: cannot mount %s: %s.\n", mounts[i].at,
				strerror(errno));
	}
}

static void press_sysrq(int port, char key)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	char why[160];

	if (fd >= 0 && write(fd, &key, 1) == 1) {
		close(fd);
		return;
	}
	snprintf(why, sizeof(why), "/proc/sysrq-trigger could not be written: %s; set CONFIG_MAGIC_SYSRQ.",
		 strerror(errno));
	if (fd >= 0)
		close(fd);
	answer_error(port, NULL, why);
}

static void set_probe(int port, const struct request *rq)
{
	char why[1000];
	json_t *record = tracer_set(&tracer, rq, why, sizeof(why));

	if (record)
		answer_set(port, record);
	else
		answer_error(port, NULL, why);
}

static void set_sampler(int port, const struct request *rq)
{
	char why[1000];
	json_t *record;

	sampler_close(sampler);
	sampler = NULL;
	record = sampler_open(rq, &sampler, why, sizeof(why));
	if (record)
		answer_set(port, record);
	else
		answer_error(port, NULL, why);
}

/* False when it was the last one. */
static bool serve(struct watch *watch, const char *line, size_t length, bool counted)
{
	struct request rq;
	bool more = true;
	char why[300];

	if (!request_parse(line, length, &rq, why, sizeof(why))) {
		answer_error(watch->port, &rq, why);
	} else if (rq.kind == REQUEST_BYE) {
		more = false;
	} else if (rq.kind == REQUEST_SYSRQ) {
		press_sysrq(watch->port, rq.key);
	} else if (rq.kind == REQUEST_TRACE) {
		set_probe(watch->port, &rq);
	} else if (rq.kind == REQUEST_SAMPLE) {
		set_sampler(watch->port, &rq);
	} else {
		if (counted)
			rq.tick_ms = 0;		/* no wake-up that is not the load's own */
		load_run(watch, &tracer, sampler, &rq);
	}
	request_clear(&rq);
	return more;
}

static void serve_all(struct watch *watch, int fd, bool counted)
{
	struct request_reader requests;
	const char *line;
	size_t length;

	if (!request_reader_open(&requests, fd))
		give_up("no memory for a request", "");
	for (;;) {
		enum request_reader_result got = request_reader_next(&requests, &line, &length);

		if (got == REQUEST_READER_TOO_LONG)
			answer_error(watch->port, NULL, "A request was longer than 1 MiB and was skipped.");
		else if (got == REQUEST_READER_CLOSED || !serve(watch, line, length, counted))
			break;
	}
	request_reader_close(&requests);
	tracer_close(&tracer);
	sampler_close(sampler);
	sampler = NULL;
}

static void say_bye(struct watch *watch)
{
	char why[160];

	if (!watch_catch_up(watch)) {
		snprintf(why, sizeof(why), "The kernel's log could not be read: %s.", strerror(errno));
		answer_error(watch->port, NULL, why);
	}
	answer_bye(watch->port);
}

static struct watch watch;

/* The records go to standard output, the requests come from standard input, the modules lie in @dir. */
static int run_on_board(const char *dir)
{
	on_board = true;
	signal(SIGPIPE, SIG_IGN);
	if (chdir(dir) < 0)
		give_up("there is no folder with modules at ", dir);
	fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
	if (!watch_open(&watch, STDOUT_FILENO, STDIN_FILENO))
		give_up("/dev/kmsg cannot be opened: ", strerror(errno));
	watch_forget(&watch);
	answer_hello(STDOUT_FILENO, taint_read());
	serve_all(&watch, STDIN_FILENO, false);
	say_bye(&watch);
	return 0;
}

static _Noreturn void run_in_guest(void)
{
	int port, jobs;

	mount_all();
	early_insert();
	port = port_open(PORT_WAIT_MS);
	if (port < 0)
		give_up("there is no virtio-serial port named " WIRE_PORT_NAME
			", or nobody at its other end", "");
	jobs = open(WIRE_JOB_PATH, O_RDONLY | O_CLOEXEC);
	if (!watch_open(&watch, port, jobs >= 0 ? -1 : port))
		give_up("/dev/kmsg cannot be opened: ", strerror(errno));
	answer_hello(port, taint_read());
	serve_all(&watch, jobs >= 0 ? jobs : port, jobs >= 0);
	say_bye(&watch);
	power_off();
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--stdio") == 0)
		return run_on_board(argv[2]);
	if (getpid() == 1)
		run_in_guest();
	fputs("vmapbench agent: this is the /init of a guest of vmapbench; expected to be process 1, or "
	      "--stdio DIR.\n", stderr);
	return 2;
}
