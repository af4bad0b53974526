/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <sys/types.h>

/*
 * Gives each vCPU thread of the QEMU process @pid a CPU of its own, when this process may use more CPUs than there
 * are vCPUs (the others are left to QEMU's own threads and to us). Returns the number of threads pinned, 0 when the
 * CPUs do not suffice. QEMU must have been started with debug-threads=on: the threads are known by their names.
 */
int qemu_pin_vcpus(pid_t pid, unsigned int smp);
