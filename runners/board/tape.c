// SPDX-License-Identifier: GPL-2.0-only
#include "tape.h"

#include "serial.h"

#define POLL_US 200000

struct tape {
	GMutex lock; /* of all below */
	struct serial *serial;
	gint64 forgot_us;
	bool closing;
	GThread *thread;
};

static bool poll_once(struct tape *t)
{
	g_autoptr(GMutexLocker) locked = g_mutex_locker_new(&t->lock);

	if (!t->closing)
		serial_poll(t->serial);
	return !t->closing;
}

/* A command that was started again dies with the thread that did so: it is ended here, when all is read. */
static gpointer poll_all(gpointer data)
{
	struct tape *t = data;

	while (poll_once(t))
		g_usleep(POLL_US);
	serial_poll(t->serial);
	serial_close(t->serial);
	return NULL;
}

struct tape *tape_open(const struct board *b, const char *path, GError **error)
{
	struct serial *line = serial_open(b, path, error);
	struct tape *t;

	if (!line)
		return NULL;
	t = g_new0(struct tape, 1);
	g_mutex_init(&t->lock);
	t->serial = line;
	t->forgot_us = g_get_monotonic_time();
	t->thread = g_thread_new("console", poll_all, t);
	return t;
}

void tape_close(struct tape *t)
{
	if (!t)
		return;
	g_mutex_lock(&t->lock);
	t->closing = true;
	g_mutex_unlock(&t->lock);
	g_thread_join(t->thread);
	g_mutex_clear(&t->lock);
	g_free(t);
}

void tape_forget(struct tape *t)
{
	if (!t)
		return;
	g_mutex_lock(&t->lock);
	serial_poll(t->serial);
	serial_forget(t->serial);
	t->forgot_us = g_get_monotonic_time();
	g_mutex_unlock(&t->lock);
}

char *tape_panic(struct tape *t)
{
	char *panic;

	if (!t)
		return NULL;
	g_mutex_lock(&t->lock);
	serial_poll(t->serial);
	panic = g_strdup(serial_panic(t->serial));
	g_mutex_unlock(&t->lock);
	return panic;
}

/* With the lock held. */
static bool has_said_something(const struct tape *t)
{
	gint64 since_s = (g_get_monotonic_time() - t->forgot_us) / G_USEC_PER_SEC;

	return serial_silence_s(t->serial) < since_s;
}

bool tape_is_mute(struct tape *t)
{
	bool mute;

	if (!t)
		return false;
	g_mutex_lock(&t->lock);
	mute = !has_said_something(t);
	g_mutex_unlock(&t->lock);
	return mute;
}

unsigned int tape_silence_s(struct tape *t)
{
	unsigned int silence_s;

	if (!t)
		return 0;
	g_mutex_lock(&t->lock);
	silence_s = has_said_something(t) ? serial_silence_s(t->serial) : 0;
	g_mutex_unlock(&t->lock);
	return silence_s;
}
