// SPDX-License-Identifier: GPL-2.0-only
#include "qemu-pin.h"

#include <glib.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* The vCPU number in a thread's name ("CPU 3/TCG", "CPU 3/KVM"), -1 for other threads. */
static int vcpu_of(const char *task_dir)
{
	g_autofree char *path = g_build_filename(task_dir, "comm", NULL);
	g_autofree char *name = NULL;
	int vcpu;

	if (!g_file_get_contents(path, &name, NULL, NULL) || sscanf(name, "CPU %d/", &vcpu) != 1)
		return -1;
	return vcpu;
}

/* The @nth CPU of @allowed. */
static int nth_cpu(const cpu_set_t *allowed, int nth)
{
	int cpu = 0;

	for (; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, allowed) && nth-- == 0)
			break;
	}
	return cpu;
}

static int pin_one(const char *task_dir, const char *tid, const cpu_set_t *allowed, unsigned int smp)
{
	int vcpu = vcpu_of(task_dir);
	cpu_set_t one;

	if (vcpu < 0 || (unsigned int)vcpu >= smp)
		return 0;
	CPU_ZERO(&one);
	CPU_SET(nth_cpu(allowed, vcpu), &one);
	return sched_setaffinity(atoi(tid), sizeof(one), &one) == 0;
}

int qemu_pin_vcpus(pid_t pid, unsigned int smp)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/task", pid);
	g_autoptr(GDir) tasks = NULL;
	cpu_set_t allowed;
	const char *tid;
	int pinned = 0;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0 || (unsigned int)CPU_COUNT(&allowed) <= smp)
		return 0;
	tasks = g_dir_open(path, 0, NULL);
	while (tasks && (tid = g_dir_read_name(tasks))) {
		g_autofree char *task_dir = g_build_filename(path, tid, NULL);

		pinned += pin_one(task_dir, tid, &allowed, smp);
	}
	return pinned;
}

void qemu_pin_self(void)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	CPU_ZERO(&one);
	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return;
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}
