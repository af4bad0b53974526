// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/request-reader.h"

#include "runners/agent/port.h"
#include "runners/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool request_reader_open(struct request_reader *reader, int fd)
{
	*reader = (struct request_reader){ .fd = fd, .buffer = malloc(WIRE_LINE_MAX) };
	return reader->buffer;
}

void request_reader_close(struct request_reader *reader)
{
	free(reader->buffer);
	reader->buffer = NULL;
	close(reader->fd);
}

static bool fill(struct request_reader *reader)
{
	ssize_t n;

	do
		n = read(reader->fd, reader->buffer + reader->used, WIRE_LINE_MAX - reader->used);
	while (n < 0 && (errno == EINTR || (errno == EAGAIN && port_wait(reader->fd, POLLIN))));
	if (n <= 0)
		return false;
	reader->used += (size_t)n;
	return true;
}

enum request_reader_result request_reader_next(struct request_reader *reader, const char **line,
						size_t *length)
{
	const char *end;

	reader->used -= reader->taken;
	memmove(reader->buffer, reader->buffer + reader->taken, reader->used);
	reader->taken = 0;

	while (!(end = memchr(reader->buffer, '\n', reader->used))) {
		if (reader->used == WIRE_LINE_MAX) {
			reader->skipping = true;
			reader->used = 0;
		}
		if (!fill(reader))
			return REQUEST_READER_CLOSED;
	}
	*line = reader->buffer;
	*length = (size_t)(end - reader->buffer);
	reader->taken = *length + 1;
	if (reader->skipping) {
		reader->skipping = false;
		return REQUEST_READER_TOO_LONG;
	}
	return REQUEST_READER_LINE;
}
