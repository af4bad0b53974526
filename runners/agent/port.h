/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Opens the virtio-serial port named WIRE_PORT_NAME, waiting up to @wait_ms for the driver to find it and for
 * the host to be at its other end; there is no udev here that would make WIRE_PORT_PATH. A non-blocking file
 * descriptor or -1: a write to a host that went away would block for ever.
 */
int port_open(unsigned int wait_ms);

/* Waits for @event, POLLIN or POLLOUT; false when it cannot come any more. */
bool port_wait(int fd, short event);

/* Writes all; false when the other side is gone. */
bool port_write(int fd, const char *data, size_t length);
