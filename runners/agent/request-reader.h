/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Reads requests, one line of bounded length each, from the port or the file of jobs. */
struct request_reader {
	int fd;
	char *buffer;		/* WIRE_LINE_MAX bytes */
	size_t used;		/* bytes in the buffer */
	size_t taken;		/* of these, bytes of the line that was handed out last */
	bool skipping;		/* inside a line that was too long */
};

enum request_reader_result {
	REQUEST_READER_LINE,	 /* a line, without its newline */
	REQUEST_READER_TOO_LONG, /* one line of more than WIRE_LINE_MAX bytes, with its newline, was skipped */
	REQUEST_READER_CLOSED,	 /* end of file or an error: nothing more will come */
};

/* False when there is no memory; @fd is left open then. */
bool request_reader_open(struct request_reader *reader, int fd);

/* Closes the file descriptor as well. */
void request_reader_close(struct request_reader *reader);

/* Waits for the next line. *line points into the buffer until the next call. A torn last line is dropped. */
enum request_reader_result request_reader_next(struct request_reader *reader, const char **line,
						size_t *length);
