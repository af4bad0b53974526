// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/early.h"

#include "runners/wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_module(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* 0, or an errno. One that is there already, because the kernel asked for it, is as good. */
static int insert(const char *name)
{
	char path[sizeof(WIRE_EARLY_PATH) + 256];
	int error = 0;
	int fd;

	snprintf(path, sizeof(path), WIRE_EARLY_PATH "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
		error = errno;
	close(fd);
	return error;
}

void early_insert(void)
{
	struct dirent **entries;
	int count = scandir(WIRE_EARLY_PATH, &entries, is_module, alphasort);
	int error, i;

	for (i = 0; i < count; i++) {
		error = insert(entries[i]->d_name);
		if (error)
			fprintf(stderr, "vmapbench agent: the module %s cannot be inserted: %s (errno %d).\n",
				entries[i]->d_name, strerror(error), error);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}
