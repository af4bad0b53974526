/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The memory limit of a load: MemAvailable of /proc/meminfo against its value at the start. It sees all that the
 * kernel has not yet given back, whoever took it. Threads may share one.
 */
struct storm_memory {
	int fd;
	uint64_t start_kib;
	uint64_t limit_kib;
};

/* False, with a sentence in @why, when less than twice @limit_mib is available, or nobody says how much is. */
bool storm_memory_open(struct storm_memory *memory, uint32_t limit_mib, char *why, size_t size);
void storm_memory_close(struct storm_memory *memory);

/* How much less is available than at the start; negative: more. */
int64_t storm_memory_missing_kib(const struct storm_memory *memory);

bool storm_memory_is_low(const struct storm_memory *memory);
