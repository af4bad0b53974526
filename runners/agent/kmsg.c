// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Reads decimal digits up to one of @ends; the position of that, or NULL. */
static const char *take_number(const char *p, const char *limit, const char *ends, uint64_t *ret)
{
	const char *begin = p;

	*ret = 0;
	for (; p < limit && *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(*ret, 10, ret) ||
		    __builtin_add_overflow(*ret, (uint64_t)(*p - '0'), ret))
			return NULL;
	if (p == begin || p == limit || *p == '\0' || !strchr(ends, *p))
		return NULL;
	return p;
}

bool kmsg_parse(const char *buffer, size_t length, struct kmsg_record *record)
{
	const char *limit = buffer + length;
	const char *p = buffer;
	uint64_t priority;

	p = take_number(p, limit, ",", &priority);
	if (p)
		p = take_number(p + 1, limit, ",", &record->sequence);
	if (p)
		p = take_number(p + 1, limit, ",;", &record->time_us);
	if (!p || priority > UINT32_MAX)
		return false;
	p = memchr(p, ';', (size_t)(limit - p));
	if (!p)
		return false;

	record->priority = (unsigned int)priority;
	record->text = p + 1;
	p = memchr(record->text, '\n', (size_t)(limit - record->text));
	record->length = (size_t)((p ? p : limit) - record->text);
	return true;
}

bool kmsg_open(struct kmsg *kmsg)
{
	kmsg->next = 0;
	kmsg->lost = 0;
	kmsg->fd = open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return kmsg->fd >= 0;
}

void kmsg_skip(struct kmsg *kmsg)
{
	lseek(kmsg->fd, 0, SEEK_END);
	kmsg->next = UINT64_MAX;
}

int kmsg_read(struct kmsg *kmsg, struct kmsg_record *record)
{
	for (;;) {
		ssize_t n = read(kmsg->fd, kmsg->buffer, sizeof(kmsg->buffer));

		/* EPIPE: overwritten under us. The next read goes on behind the hole; its number tells. */
		if (n < 0 && (errno == EINTR || errno == EPIPE))
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		if (!kmsg_parse(kmsg->buffer, (size_t)n, record))
			continue;
		if (record->sequence > kmsg->next)
			kmsg->lost += record->sequence - kmsg->next;
		kmsg->next = record->sequence + 1;
		return 1;
	}
}

bool kmsg_write(struct kmsg *kmsg, const char *line)
{
	char record[1000];
	int length = snprintf(record, sizeof(record), "%s\n", line);

	/* Without the newline the kernel keeps the record open for a continuation, and nobody can read it. */
	return length < (int)sizeof(record) && write(kmsg->fd, record, (size_t)length) == length;
}
