// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/port.h"

#include "runners/wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PORTS "/sys/class/virtio-ports"

bool port_wait(int fd, short event)
{
	struct pollfd port = { .fd = fd, .events = event };

	while (poll(&port, 1, -1) < 0)
		if (errno != EINTR)
			return false;
	return port.revents & event;
}

static bool port_is_ours(const char *port)
{
	char path[sizeof(PORTS) + 64];
	char name[sizeof(WIRE_PORT_NAME) + 1];
	bool ours = false;
	FILE *file;

	if (snprintf(path, sizeof(path), PORTS "/%s/name", port) >= (int)sizeof(path))
		return false;
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fgets(name, sizeof(name), file)) {
		name[strcspn(name, "\n")] = '\0';
		ours = strcmp(name, WIRE_PORT_NAME) == 0;
	}
	fclose(file);
	return ours;
}

static int open_ours(void)
{
	DIR *dir = opendir(PORTS);
	char path[sizeof("/dev/") + 64];
	struct dirent *entry;
	int fd = -1;

	if (!dir)
		return -1;
	while (fd < 0 && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !port_is_ours(entry->d_name))
			continue;
		if (snprintf(path, sizeof(path), "/dev/%s", entry->d_name) < (int)sizeof(path))
			fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	}
	closedir(dir);
	return fd;
}

static bool host_is_there(int fd)
{
	struct pollfd port = { .fd = fd };

	return fd >= 0 && poll(&port, 1, 0) == 0;
}

int port_open(unsigned int wait_ms)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int fd = open_ours();

	for (; wait_ms > 0 && !host_is_there(fd); wait_ms--) {
		nanosleep(&pause, NULL);
		if (fd < 0)
			fd = open_ours();
	}
	if (fd < 0 || host_is_there(fd))
		return fd;
	close(fd);
	return -1;
}

bool port_write(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && (errno == EINTR || (errno == EAGAIN && port_wait(fd, POLLOUT))))
			continue;
		if (n <= 0)
			return false;
		data += n;
		length -= (size_t)n;
	}
	return true;
}
