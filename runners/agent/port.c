// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/port.h"

#include "runners/wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PORTS "/sys/class/virtio-ports"

bool lines_open(struct lines *lines, int fd)
{
	*lines = (struct lines){ .fd = fd, .buffer = malloc(WIRE_LINE_MAX) };
	return lines->buffer;
}

void lines_close(struct lines *lines)
{
	free(lines->buffer);
	lines->buffer = NULL;
	close(lines->fd);
}

/* The port does not block: a write to a host that went away would block for ever. False: it went away. */
static bool wait_for(int fd, short event)
{
	struct pollfd port = { .fd = fd, .events = event };

	while (poll(&port, 1, -1) < 0)
		if (errno != EINTR)
			return false;
	return port.revents & event;
}

static bool fill(struct lines *lines)
{
	ssize_t n;

	do
		n = read(lines->fd, lines->buffer + lines->used, WIRE_LINE_MAX - lines->used);
	while (n < 0 && (errno == EINTR || (errno == EAGAIN && wait_for(lines->fd, POLLIN))));
	if (n <= 0)
		return false;
	lines->used += (size_t)n;
	return true;
}

enum lines_end lines_next(struct lines *lines, const char **line, size_t *length)
{
	const char *end;

	lines->used -= lines->taken;
	memmove(lines->buffer, lines->buffer + lines->taken, lines->used);
	lines->taken = 0;

	while (!(end = memchr(lines->buffer, '\n', lines->used))) {
		if (lines->used == WIRE_LINE_MAX) {
			lines->skipping = true;
			lines->used = 0;
		}
		if (!fill(lines))
			return LINES_CLOSED;
	}
	*line = lines->buffer;
	*length = (size_t)(end - lines->buffer);
	lines->taken = *length + 1;
	if (lines->skipping) {
		lines->skipping = false;
		return LINES_TOO_LONG;
	}
	return LINES_LINE;
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

		if (n < 0 && (errno == EINTR || (errno == EAGAIN && wait_for(fd, POLLOUT))))
			continue;
		if (n <= 0)
			return false;
		data += n;
		length -= (size_t)n;
	}
	return true;
}
