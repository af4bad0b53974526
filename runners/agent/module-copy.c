// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/module-copy.h"

#include "runners/agent/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, char *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, bytes + done, size - done);

		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static bool write_all(int fd, const char *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = write(fd, bytes + done, size - done);

		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static bool read_file(struct module_file *file, int fd, size_t size_min)
{
	struct stat info;

	if (fstat(fd, &info) < 0)
		return false;
	file->size = (size_t)info.st_size > size_min ? (size_t)info.st_size : size_min;
	file->bytes = calloc(1, file->size);
	if (file->bytes && read_all(fd, file->bytes, (size_t)info.st_size))
		return true;
	free(file->bytes);
	return false;
}

bool module_file_read(struct module_file *file, const char *name, size_t size_min)
{
	int fd = modules_open(name);
	int error;
	bool ok;

	snprintf(file->name, sizeof(file->name), "%s", name);
	if (fd < 0)
		return false;
	ok = read_file(file, fd, size_min);
	error = errno;
	close(fd);
	errno = error;
	return ok;
}

void module_file_release(struct module_file *file)
{
	free(file->bytes);
}

void module_rename(char *bytes, size_t size, const char *old, const char *name)
{
	size_t length = strlen(old);
	char *end = bytes + size, *found = bytes;

	while ((found = memmem(found, (size_t)(end - found), old, length))) {
		memcpy(found, name, length);
		found += length;
	}
}

/* The kernel loads no file that somebody may write to, so the descriptor that it was written by has to go. */
static int make_file(const struct module_file *file)
{
	int writer = memfd_create(file->name, MFD_CLOEXEC), fd = -1;
	char path[40];
	int error;

	if (writer < 0)
		return -1;
	if (write_all(writer, file->bytes, file->size)) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", writer);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	error = errno;
	close(writer);
	errno = error;
	return fd;
}

/* The name stands in .modinfo and in struct module; and in the tables of symbols, where it does not matter. */
bool module_copy_make(struct module_copy *copy, struct module_file *file, uint32_t index)
{
	int stem = (int)strlen(file->name) - 3;

	snprintf(copy->name, sizeof(copy->name), "%.*s%03u", stem, file->name, index % MODULE_COPIES_MAX);
	module_rename(file->bytes, file->size, file->name, copy->name);
	memcpy(file->name, copy->name, sizeof(file->name));
	copy->fd = make_file(file);
	return copy->fd >= 0;
}

void module_copy_release(struct module_copy *copy)
{
	if (copy->fd >= 0)
		close(copy->fd);
	copy->fd = -1;
}
