// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/background.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void *run(void *data)
{
	struct background *b = data;

	b->work(b->state);
	close(b->done[1]);
	return NULL;
}

int background_start(struct background *b, void (*work)(void *state), void *state)
{
	int error;

	b->work = work;
	b->state = state;
	if (pipe2(b->done, O_CLOEXEC) < 0)
		return errno;
	error = pthread_create(&b->thread, NULL, run, b);
	if (error) {
		close(b->done[0]);
		close(b->done[1]);
	}
	return error;
}

int background_fd(const struct background *b)
{
	return b->done[0];
}

void background_join(struct background *b)
{
	pthread_join(b->thread, NULL);
	close(b->done[0]);
}
