/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <sys/types.h>

/*
 * Gives each vCPU thread of the QEMU process @pid a CPU of its own, when this process may use more CPUs than
 * there are vCPUs (the others are left to QEMU's own threads and to us). Returns the number of threads pinned,
 * 0 when the CPUs do not suffice. QEMU must have been started with debug-threads=on: the threads are known by
 * their names.
 */
int qemu_pin_vcpus(pid_t pid, unsigned int smp);

/*
 * Binds the calling process, which is about to become QEMU, to the CPU it runs on. For counted mode: QEMU moves
 * an idle guest's clock forward in its main thread while the thread of the vCPUs may not have added up its
 * instructions yet, and time is lost then; on one CPU the two threads hardly ever meet there.
 * Async-signal-safe.
 */
void qemu_pin_self(void);
