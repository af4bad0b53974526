/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Lines of bounded length from a file descriptor. */
struct lines {
	int fd;
	char *buffer;		/* WIRE_LINE_MAX bytes */
	size_t used;		/* bytes in the buffer */
	size_t taken;		/* of these, bytes of the line that was handed out last */
	bool skipping;		/* inside a line that was too long */
};

enum lines_end {
	LINES_LINE,		/* a line, without its newline */
	LINES_TOO_LONG,		/* one line of WIRE_LINE_MAX bytes or more was skipped */
	LINES_CLOSED,		/* end of file or an error: nothing more will come */
};

/* False when there is no memory. Freed with lines_close(), which also closes @fd. */
bool lines_open(struct lines *lines, int fd);
void lines_close(struct lines *lines);

/* Waits for the next line. *line points into the buffer until the next call. */
enum lines_end lines_next(struct lines *lines, const char **line, size_t *length);

/*
 * Opens the virtio-serial port named WIRE_PORT_NAME, waiting up to @wait_ms for the driver to find it and for
 * the host to be at its other end; there is no udev here that would make WIRE_PORT_PATH. A non-blocking file
 * descriptor or -1.
 */
int port_open(unsigned int wait_ms);

/* Writes all; false when the other side is gone. */
bool port_write(int fd, const char *data, size_t length);
