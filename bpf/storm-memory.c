// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/storm-memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool storm_meminfo_parse(const char *text, struct storm_meminfo *info)
{
	static const struct {
		const char *key;
		int kernel, available;	/* factors */
	} lines[] = {
		{ "MemTotal:", 1, 0 },	    { "MemFree:", -1, 0 }, { "MemAvailable:", 0, 1 },
		{ "Buffers:", -1, 0 },	    { "Cached:", -1, 0 },  { "AnonPages:", -1, 0 },
		{ "SReclaimable:", -1, 0 },
	};
	size_t i;

	*info = (struct storm_meminfo){ 0 };
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *line = text;
		int64_t kib;

		while (line && strncmp(line, lines[i].key, strlen(lines[i].key)) != 0) {
			line = strchr(line, '\n');
			line = line ? line + 1 : NULL;
		}
		if (!line)
			return false;
		kib = strtoll(line + strlen(lines[i].key), NULL, 10);
		info->kernel_kib += lines[i].kernel * kib;
		info->available_kib += lines[i].available * kib;
	}
	return true;
}

/* Pages that were freed and stand in the lists of CPUs, which can hold gigabytes. */
static int64_t listed_kib(void)
{
	FILE *file = fopen("/proc/zoneinfo", "re");
	long long count, pages = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %lld", &count) == 1)
			pages += count;
	if (file)
		fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static bool read_info(const struct storm_memory *memory, struct storm_meminfo *info)
{
	char text[4096];
	ssize_t n = pread(memory->fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return storm_meminfo_parse(text, info);
}

bool storm_memory_open(struct storm_memory *memory, uint32_t limit_mib, char *why, size_t size)
{
	struct storm_meminfo info;
	bool known;

	memory->fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	memory->limit_kib = (int64_t)limit_mib * 1024;
	known = read_info(memory, &info);
	memory->start_kib = info.kernel_kib - listed_kib();
	if (known && info.available_kib >= 2 * memory->limit_kib)
		return true;
	if (known)
		snprintf(why, size,
			 "%lld MiB of memory are available; a load that may take %u MiB wants twice as much: "
			 "lower its memory limit.",
			 (long long)info.available_kib / 1024, limit_mib);
	else
		snprintf(why, size, "/proc/meminfo does not say how much memory is in use; is /proc mounted?");
	storm_memory_close(memory);
	return false;
}

void storm_memory_close(struct storm_memory *memory)
{
	if (memory->fd >= 0)
		close(memory->fd);
	memory->fd = -1;
}

int64_t storm_memory_growth_kib(const struct storm_memory *memory)
{
	struct storm_meminfo info;

	return read_info(memory, &info) ? info.kernel_kib - listed_kib() - memory->start_kib : 0;
}

bool storm_memory_is_low(const struct storm_memory *memory)
{
	struct storm_meminfo info;

	if (!read_info(memory, &info))
		return false;
	if (info.available_kib < memory->limit_kib)
		return true;
	/* The lists are dear to read, and can only make it less. */
	return info.kernel_kib - memory->start_kib > memory->limit_kib &&
	       storm_memory_growth_kib(memory) > memory->limit_kib;
}
