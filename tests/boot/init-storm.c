// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/storm.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The /init of a guest that counts: runs each kind of load and lets the kernel's own tracepoint count the
 * areas. Prints "storm NAME OPS AREAS ALL LOST" for each: operations done, alloc_vmap_area events of the
 * threads of the load, such events of everybody, records that were lost (all 0 on a kernel without that
 * tracepoint); or "storm NAME refused: WHY".
 */

#define TRACE "/trace/"
#define EVENT TRACE "events/vmalloc/alloc_vmap_area/"
#define OPS 3000
#define THREADS 2

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("storm: %s: cannot write \"%s\"\n", path, text);
	if (fd >= 0)
		close(fd);
}

static void count_events(unsigned long *ours, unsigned long *all)
{
	FILE *trace = fopen(TRACE "trace", "r");
	char line[512];

	*ours = *all = 0;
	while (trace && fgets(line, sizeof(line), trace)) {
		if (!strstr(line, " alloc_vmap_area: "))
			continue;
		(*all)++;
		*ours += strstr(line, "vmap-storm-") != NULL;
	}
	if (trace)
		fclose(trace);
}

static unsigned long count_lost(void)
{
	unsigned long lost = 0, n;
	char path[64], line[128];
	long cpu;

	for (cpu = 0; cpu < sysconf(_SC_NPROCESSORS_ONLN); cpu++) {
		FILE *stats;

		snprintf(path, sizeof(path), TRACE "per_cpu/cpu%ld/stats", cpu);
		stats = fopen(path, "r");
		while (stats && fgets(line, sizeof(line), stats))
			if (sscanf(line, "overrun: %lu", &n) == 1 ||
			    sscanf(line, "dropped events: %lu", &n) == 1)
				lost += n;
		if (stats)
			fclose(stats);
	}
	return lost;
}

static void count(const struct storm_kind *kind)
{
	bool counting = access(EVENT "enable", W_OK) == 0;
	struct storm_options options = { .kind = kind, .threads = THREADS, .ops = OPS };
	struct storm_result result;
	unsigned long ours, all;
	struct storm *storm;
	char why[400];

	if (counting) {
		put(TRACE "trace", "");
		put(EVENT "enable", "1");
	}
	storm = storm_check(&options, why, sizeof(why)) ? storm_start(&options, why, sizeof(why)) : NULL;
	if (storm)
		storm_finish(storm, &result, NULL);
	if (counting)
		put(EVENT "enable", "0");
	count_events(&ours, &all);
	if (storm && result.ok)
		printf("storm %s %llu %lu %lu %lu\n", kind->name, (unsigned long long)result.ops, ours, all,
		       count_lost());
	else
		printf("storm %s refused: %s\n", kind->name, storm ? result.why : why);
}

int main(void)
{
	const struct storm_kind *kind = NULL;

	mkdir("/proc", 0755);
	mkdir("/trace", 0755);
	mkdir("/dev", 0755);
	/* The archive has no console for us to be born with. */
	if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) < 0 || !freopen("/dev/console", "w", stdout))
		reboot(RB_POWER_OFF);
	if (mount("proc", "/proc", "proc", 0, NULL) < 0 || mount("tracefs", "/trace", "tracefs", 0, NULL) < 0)
		perror("storm: mount");
	put(TRACE "buffer_size_kb", "4096");
	while ((kind = storm_next(kind)))
		count(kind);
	fflush(stdout);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
