// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/clock.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool clock_is_provisional(void)
{
	static const char *const names[] = { "tsc-early\n", "refined-jiffies\n", "jiffies\n" };
	int fd = open(CLOCK_SOURCE_PATH, O_RDONLY | O_CLOEXEC);
	char name[64];
	ssize_t n;
	size_t i;

	if (fd < 0)
		return false;
	n = read(fd, name, sizeof(name));
	close(fd);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (n == (ssize_t)strlen(names[i]) && memcmp(name, names[i], (size_t)n) == 0)
			return true;
	return false;
}

uint64_t clock_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t clock_now_us(void)
{
	return clock_now_ns() / 1000;
}
