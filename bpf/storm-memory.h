/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The memory limit of a load: how much more memory the kernel itself holds than at the start, from
 * /proc/meminfo. That is all that is neither free (per-CPU lists included, which MemFree lacks: /proc/zoneinfo)
 * nor user memory nor a cache that can be reclaimed, so what others allocate and free meanwhile hardly counts,
 * and what the kernel has not yet given back does. Threads may share one.
 */
struct storm_memory {
	int fd;
	int64_t start_kib;		/* held by the kernel */
	int64_t limit_kib;
};

/* Pure: from the text of /proc/meminfo. False when one of the lines is missing. */
struct storm_meminfo {
	int64_t kernel_kib;
	int64_t available_kib;
};
bool storm_meminfo_parse(const char *text, struct storm_meminfo *info);

/* False, with a sentence in @why, when less than twice @limit_mib is available, or nobody says how much is. */
bool storm_memory_open(struct storm_memory *memory, uint32_t limit_mib, char *why, size_t size);
void storm_memory_close(struct storm_memory *memory);

/* How much more the kernel holds than at the start; negative: less. */
int64_t storm_memory_growth_kib(const struct storm_memory *memory);

/* The kernel holds more than the limit, or less than the limit is available to anybody. */
bool storm_memory_is_low(const struct storm_memory *memory);
