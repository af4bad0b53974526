// SPDX-License-Identifier: GPL-2.0-only
#include "screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tty.h"

/* ECMA-48 */
#define ERASE_LINE	"\033[K"
#define ERASE_BELOW	"\033[J"
#define UP		"\033[%uA"
#define WIPE		"\r" ERASE_BELOW

static GMutex mutex;
static GPtrArray *shown;			/* what is to be seen below all that is printed, or NULL */
static int is_drawn;				/* ... and is on the terminal; atomic: handlers ask */
static bool is_held;

/* Who started us may have made it non-blocking, and its reader may be slow. False: nobody reads. */
static bool wait_writable(void)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&out, 1, -1) >= 0 || errno == EINTR;
}

static void write_all(const char *text, gsize length)
{
	while (length > 0) {
		ssize_t wrote = write(STDERR_FILENO, text, length);

		if (wrote < 0 && errno != EINTR && !(errno == EAGAIN && wait_writable()))
			return;		/* nobody is there to be told */
		if (wrote > 0) {
			text += wrote;
			length -= wrote;
		}
	}
}

void screen_wipe_in_handler(void)
{
	int before = errno;

	if (g_atomic_int_get(&is_drawn) && write(STDERR_FILENO, WIPE, strlen(WIPE)) >= 0)
		g_atomic_int_set(&is_drawn, 0);
	errno = before;
}

static void on_signal(int number);

static void guard_against(int number)
{
	const struct sigaction action = {
		.sa_handler = on_signal, .sa_flags = SA_RESETHAND | SA_NODEFER | SA_RESTART,
	};

	sigaction(number, &action, NULL);
}

/* Does what the signal does by itself, on a clean line. A program that Ctrl-Z stopped returns from it. */
static void on_signal(int number)
{
	int before = errno;

	screen_wipe_in_handler();
	raise(number);
	guard_against(number);
	errno = before;
}

/* Those that somebody else handles, or ignores, are theirs. */
static void guard(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
		struct sigaction now;

		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			guard_against(signals[i]);
	}
}

/*
 * The cursor is left at the begin of the first line. When the window becomes narrower, terminals break lines
 * anew, and move the cursor with the letter that it stands on: all that belongs to these lines is still behind
 * it, however many lines they are then. Overwritten rather than erased first, and by one write: no flicker.
 */
static void append_lines(GString *out)
{
	if (!shown || shown->len == 0 || is_held || !tty_is_ours(STDERR_FILENO))
		return;
	g_string_append_c(out, '\r');
	for (guint i = 0; i < shown->len; i++)
		g_string_append_printf(out, "%s%s%s", i > 0 ? "\n" : "", (const char *)shown->pdata[i],
				       i + 1 < shown->len ? ERASE_LINE : ERASE_BELOW);
	if (shown->len > 1)
		g_string_append_printf(out, UP, shown->len - 1);
	g_string_append_c(out, '\r');
	guard();
	g_atomic_int_set(&is_drawn, 1);
}

static GPtrArray *copy(const GPtrArray *lines)
{
	GPtrArray *own = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < lines->len; i++)
		g_ptr_array_add(own, g_strdup(lines->pdata[i]));
	return own;
}

static void append_wipe(GString *out)
{
	if (g_atomic_int_get(&is_drawn))
		g_string_append(out, WIPE);
	g_atomic_int_set(&is_drawn, 0);
}

void screen_draw(const GPtrArray *lines)
{
	g_autoptr(GString) out = g_string_new(NULL);

	g_mutex_lock(&mutex);
	g_clear_pointer(&shown, g_ptr_array_unref);
	shown = copy(lines);
	if (shown->len == 0)
		append_wipe(out);
	append_lines(out);
	write_all(out->str, out->len);
	g_mutex_unlock(&mutex);
}

void screen_wipe(void)
{
	g_mutex_lock(&mutex);
	g_clear_pointer(&shown, g_ptr_array_unref);
	screen_wipe_in_handler();
	g_mutex_unlock(&mutex);
}

void screen_hold(bool held)
{
	g_autoptr(GString) out = g_string_new(NULL);

	g_mutex_lock(&mutex);
	is_held = held;
	if (held)
		screen_wipe_in_handler();
	else
		append_lines(out);
	write_all(out->str, out->len);
	g_mutex_unlock(&mutex);
}

void screen_print(const char *text)
{
	g_autoptr(GString) out = g_string_new(NULL);

	g_mutex_lock(&mutex);
	append_wipe(out);
	g_string_append(out, text);
	append_lines(out);
	write_all(out->str, out->len);
	g_mutex_unlock(&mutex);
}
