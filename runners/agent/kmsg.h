/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * /dev/kmsg. One read() gives one record (Documentation/ABI/testing/dev-kmsg):
 * "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS[,more];TEXT\n KEY=VALUE\n...". The text has every byte that is not
 * printable ASCII, and the backslash, as \xHH.
 */
struct kmsg_record {
	unsigned int priority;	/* facility * 8 + level */
	uint64_t sequence;
	uint64_t time_us;	/* since boot */
	const char *text;	/* into the caller's buffer; not terminated */
	size_t length;
};

/* Facility 0 is the kernel's own; what a process writes to /dev/kmsg always gets another one. */
static inline bool kmsg_from_kernel(const struct kmsg_record *record)
{
	return record->priority >> 3 == 0;
}

/* Pure. Splits the @length bytes at @buffer; false when they are no record. @record points into @buffer. */
bool kmsg_parse(const char *buffer, size_t length, struct kmsg_record *record);

struct kmsg {
	int fd;			/* non-blocking; may be polled for POLLIN */
	uint64_t next;		/* sequence number that must come next; UINT64_MAX: any */
	uint64_t lost;		/* records overwritten before we read them; the user resets it */
	char buffer[8192];	/* smaller than CONSOLE_EXT_LOG_MAX, read() fails with EINVAL */
};

/* Opens at the oldest record there is. False with errno. */
bool kmsg_open(struct kmsg *kmsg);

/* Goes behind the newest record there is. */
void kmsg_skip(struct kmsg *kmsg);

/*
 * The next record: 1, or 0 when there is none now, or -1 with errno. @record is good until the next call.
 * Unreadable records are skipped.
 */
int kmsg_read(struct kmsg *kmsg, struct kmsg_record *record);

/* Writes one line as a user process, at the default level. False with errno. */
bool kmsg_write(struct kmsg *kmsg, const char *line);
