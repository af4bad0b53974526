/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <pthread.h>

/* A thread that does a load's work, and a descriptor that is readable when it is done. */
struct background {
	pthread_t thread;
	int done[2];		/* the thread closes [1] when it is done */
	void (*work)(void *state);
	void *state;
};

/* Begins @work with @state. 0, or an errno: then there is nothing to join. */
int background_start(struct background *b, void (*work)(void *state), void *state);
int background_fd(const struct background *b);
void background_join(struct background *b);
