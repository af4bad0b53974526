// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/tracedir.h"

#include <errno.h>
#include <limits.h>
#include <mntent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs/tracefs.h>
#include <unistd.h>

#define MOUNT_HINT "\"mount -t tracefs nodev /sys/kernel/tracing\" makes it visible"

/* The first mount of type tracefs; false when there is none. */
static bool mounted(char *path, size_t size)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	char line[2 * PATH_MAX];
	struct mntent entry;
	bool found = false;

	if (!mounts)
		return false;
	while (!found && getmntent_r(mounts, &entry, line, sizeof(line)))
		if (strcmp(entry.mnt_type, "tracefs") == 0)
			found = (size_t)snprintf(path, size, "%s", entry.mnt_dir) < size;
	endmntent(mounts);
	return found;
}

bool tracedir_find(char *why, size_t size)
{
	char path[PATH_MAX] = "/sys/kernel/debug/tracing";
	char events[PATH_MAX + 16];

	/* Below debugfs it is mounted when somebody looks into it. */
	if (!mounted(path, sizeof(path)) && access("/sys/kernel/debug/tracing/events", F_OK) != 0) {
		snprintf(why, size, "tracefs is mounted nowhere: " MOUNT_HINT ", if the kernel was built with "
			 "CONFIG_TRACING.");
		return false;
	}
	snprintf(events, sizeof(events), "%s/events", path);
	if (access(events, R_OK | X_OK) != 0) {
		snprintf(why, size, "The kernel's trace events in %.200s cannot be read: %s.", events,
			 strerror(errno));
		return false;
	}
	if (tracefs_set_tracing_dir(path) != 0) {
		snprintf(why, size, "There is no memory for the path of tracefs.");
		return false;
	}
	return true;
}

void tracedir_name(char *name, size_t size)
{
	static unsigned int number;

	snprintf(name, size, "vmapbench_%d_%u", (int)getpid(),
		 __atomic_fetch_add(&number, 1, __ATOMIC_RELAXED));
}

/* Whether @name is one of ours and its process is gone. */
static bool is_stale(const char *name)
{
	unsigned int number;
	int pid, end = 0;

	if (sscanf(name, "vmapbench_%d_%u%n", &pid, &number, &end) != 2 || name[end] != '\0' || pid <= 0)
		return false;
	return kill(pid, 0) != 0 && errno == ESRCH;
}

/* One that is in use after all, by a process that we cannot see from here, the kernel does not remove. */
static void clean_instances(void)
{
	char **names = tracefs_instances(NULL);
	char **name;

	for (name = names; name && *name; name++) {
		struct tracefs_instance *instance = NULL;

		if (is_stale(*name))
			instance = tracefs_instance_alloc(NULL, *name);
		if (instance) {
			tracefs_instance_destroy(instance);
			tracefs_instance_free(instance);
		}
	}
	tracefs_list_free(names);
}

static void clean_probes(void)
{
	struct tracefs_dynevent **probes =
		tracefs_dynevent_get_all(TRACEFS_DYNEVENT_KPROBE | TRACEFS_DYNEVENT_KRETPROBE, NULL);
	struct tracefs_dynevent **probe;

	for (probe = probes; probe && *probe; probe++) {
		char *group = NULL;

		tracefs_dynevent_info(*probe, &group, NULL, NULL, NULL, NULL);
		if (group && is_stale(group))
			tracefs_dynevent_destroy(*probe, false);
		free(group);
	}
	tracefs_dynevent_list_free(probes);
}

void tracedir_clean(void)
{
	clean_instances();
	/* Events that an instance has switched on cannot be removed before it. */
	clean_probes();
}
