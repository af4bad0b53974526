// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/storm-memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 0 when nobody says. */
static uint64_t available_kib(int fd)
{
	static const char key[] = "MemAvailable:";
	char text[512];		/* it is the third line */
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	const char *line;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	line = strstr(text, key);
	return line ? strtoull(line + sizeof(key) - 1, NULL, 10) : 0;
}

bool storm_memory_open(struct storm_memory *memory, uint32_t limit_mib, char *why, size_t size)
{
	memory->fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	memory->limit_kib = (uint64_t)limit_mib * 1024;
	memory->start_kib = memory->fd >= 0 ? available_kib(memory->fd) : 0;
	if (memory->start_kib >= 2 * memory->limit_kib)
		return true;
	if (memory->start_kib == 0)
		snprintf(why, size, "/proc/meminfo does not say how much memory is available; is /proc mounted?");
	else
		snprintf(why, size,
			 "%llu MiB of memory are available; a load that may take %u MiB wants twice as much: lower its "
			 "memory limit.",
			 (unsigned long long)memory->start_kib / 1024, limit_mib);
	storm_memory_close(memory);
	return false;
}

void storm_memory_close(struct storm_memory *memory)
{
	if (memory->fd >= 0)
		close(memory->fd);
	memory->fd = -1;
}

int64_t storm_memory_missing_kib(const struct storm_memory *memory)
{
	return (int64_t)memory->start_kib - (int64_t)available_kib(memory->fd);
}

bool storm_memory_is_low(const struct storm_memory *memory)
{
	return storm_memory_missing_kib(memory) > (int64_t)memory->limit_kib;
}
