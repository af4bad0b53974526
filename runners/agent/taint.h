/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The kernel's taint bits (kernel/panic.c, Documentation/admin-guide/tainted-kernels.rst). */

/* Bits that say how a module was loaded and nothing about the kernel's health. */
uint64_t taint_of_loading(void);

/* Bits that say on what machine the kernel runs and how it was built. */
uint64_t taint_of_place(void);

/* Pure. The bits that a line of the kernel's log shows, as in "Tainted: G        W"; 0 when it shows none. */
uint64_t taint_from_log(const char *text, size_t length);

/* Pure. Names @bits as in "W (a warning was issued), L (soft lockup)"; @text has @size bytes. */
void taint_describe(uint64_t bits, char *text, size_t size);

/* The value of /proc/sys/kernel/tainted, or -1 where the kernel has no sysctl. */
int64_t taint_read(void);
