// SPDX-License-Identifier: GPL-2.0-only
#include "tests/guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Our own module without the agent: each load in turn, parameters that it has to refuse, and a process that is killed
 * while it loads. Says
 *   {"t":"run","params","error","wanted"}          the error of finit_module(), as a number
 *   {"t":"killed","params","ms"}                   how long the process was there after the signal
 *   {"t":"stock","areas","available_kib","modules"}    behind each round of all that: page tables and slabs stay
 */
#define MODULE "/vmap_load.ko"
#define SETTLE_LOOKS 30

static const struct {
	const char *params;
	int error;
} runs[] = {
	{ "load=churn_load threads=3 loops=500", EAGAIN },
	{ "load=held_churn_load threads=2 loops=50 live=3000", EAGAIN },
	{ "load=lookup_load threads=3 loops=5000 live=3000 pages=40", EAGAIN },
	{ "load=lookup_load threads=2 loops=1 live=1 pages=1 latency=1", EAGAIN },
	{ "load=lifetime_load threads=3 loops=500 live=100 seed=7 latency=1", EAGAIN },
	{ "load=lifetime_load threads=3 loops=500 live=3 pages=1", EAGAIN },
	{ "", EINVAL },
	{ "load=nothing", EINVAL },
	{ "load=churn_load live=7", EINVAL },
	{ "load=churn_load threads=0", EINVAL },
	{ "load=churn_load threads=65536", EINVAL },
	{ "load=churn_load loops=0", EINVAL },
	{ "load=churn_load loops=2147483648", EINVAL },
	{ "load=churn_load pages=262145", EINVAL },
	{ "load=lookup_load live=1000001", EINVAL },
	{ "load=lifetime_load threads=3 live=2", EINVAL },
	/* More than there is: refused at once, or when it has taken what it may. */
	{ "load=churn_load pages=262144 loops=1", ENOMEM },
	{ "load=held_churn_load live=1000000 loops=1", ENOMEM },
};

/* While they work, and while they still make what they hold. */
static const struct {
	const char *params;
	unsigned int after_ms;
} kills[] = {
	{ "load=churn_load threads=3 loops=2147483647", 300 },
	{ "load=lookup_load threads=3 loops=2147483647 live=100", 300 },
	{ "load=lifetime_load threads=2 loops=2147483647 live=100 latency=1", 300 },
	{ "load=lookup_load threads=1 loops=1 live=1000000", 100 },
};

static int load(const char *params)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		guest_fail("%s cannot be opened: %s", MODULE, strerror(errno));
	error = syscall(SYS_finit_module, fd, params, 0) < 0 ? errno : 0;
	close(fd);
	return error;
}

static void kill_while_it_loads(const char *params, unsigned int after_ms)
{
	pid_t child = fork();
	double begin_ms;
	int status = 0;

	if (child == 0)
		_exit(load(params));
	usleep(after_ms * 1000);
	begin_ms = guest_now_ms();
	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
		guest_fail("%s ended before it was killed", params);
	guest_say(json_pack("{s:s, s:s, s:f}", "t", "killed", "params", params, "ms", guest_now_ms() - begin_ms));
}

/* Lines of a file, and the number behind @key in one of them. */
static unsigned int count_lines(const char *path, const char *key, long *ret_number)
{
	FILE *file = fopen(path, "re");
	unsigned int lines = 0;
	char line[4096];

	if (!file)
		guest_fail("%s cannot be opened: %s", path, strerror(errno));
	for (; fgets(line, sizeof(line), file); lines++)
		if (key && strncmp(line, key, strlen(key)) == 0)
			sscanf(line + strlen(key), "%ld", ret_number);
	fclose(file);
	return lines;
}

static long available_kib(void)
{
	long kib = 0;

	count_lines("/proc/meminfo", "MemAvailable:", &kib);
	return kib;
}

/*
 * What RCU, work items and threads that have just ended still have comes back in its own time, which on a busy host is
 * more than a second: waits until no more has come for three looks in a row.
 */
static long settled_kib(void)
{
	long most_kib = 0, kib;
	int looks, idle = 0;

	for (looks = 0; looks < SETTLE_LOOKS && idle < 3; looks++) {
		sleep(1);
		kib = available_kib();
		idle = kib > most_kib ? 0 : idle + 1;
		most_kib = kib > most_kib ? kib : most_kib;
	}
	return most_kib;
}

static void take_stock(void)
{
	long settled = settled_kib();
	unsigned int areas = count_lines("/proc/vmallocinfo", NULL, NULL);
	unsigned int modules = count_lines("/proc/modules", NULL, NULL);

	guest_say(json_pack("{s:s, s:i, s:I, s:i}", "t", "stock", "areas", (int)areas, "available_kib",
			    (json_int_t)settled, "modules", (int)modules));
}

static void run_all(void)
{
	size_t i;

	for (i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		guest_say(json_pack("{s:s, s:s, s:i, s:i}", "t", "run", "params", runs[i].params, "error",
				    load(runs[i].params), "wanted", runs[i].error));
	for (i = 0; i < sizeof(kills) / sizeof(kills[0]); i++)
		kill_while_it_loads(kills[i].params, kills[i].after_ms);
	take_stock();
}

int main(void)
{
	guest_begin();
	run_all();
	run_all();
	run_all();
	guest_say(json_pack("{s:s, s:i}", "t", "splats", "count", (int)guest_splats()));
	guest_end();
}
