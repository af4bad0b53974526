// SPDX-License-Identifier: GPL-2.0-only
#include "power.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/screen.h"
#include "base/text.h"
#include "command.h"

#define COMMAND_LIMIT_MS 60000
#define HUMAN_LIMIT_MS (15 * 60000)

bool power_can_cycle(const struct board *b)
{
	return b->power.manual || b->power.cycle || (b->power.off && b->power.on);
}

static bool run(const struct board *b, const char *key, const char *text, GError **error)
{
	return command_run(b, key, text, COMMAND_LIMIT_MS, NULL, error);
}

/* Power is given back also when taking it failed: that may have half worked, and a board is never left off. */
static bool off_and_on(const struct board *b, GError **error)
{
	g_autoptr(GError) ignored = NULL;
	bool is_off = run(b, "power.off", b->power.off, error);

	g_usleep((gulong)b->power.off_settle_s * G_USEC_PER_SEC);
	return run(b, "power.on", b->power.on, is_off ? error : &ignored) && is_off;
}

/* The terminal that a human may sit at: ours, and we are in its foreground. -1 when there is none. */
static int open_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd >= 0 && tcgetpgrp(fd) == getpgrp())
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool set_human_error(const struct board *b, const char *why, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "board %s: power.manual: %s", b->name, why);
	return false;
}

/* Waits for a line on @fd. */
static bool wait_for_human(const struct board *b, int fd, GError **error)
{
	struct pollfd watched[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = interrupt_fd(), .events = POLLIN },
	};
	/* Behind Ctrl-C a board is brought home all the same; a second one ends the program. */
	bool was_pending = interrupt_pending();
	char answer[256];
	int ready;

	do {
		ready = poll(watched, was_pending ? 1 : 2, HUMAN_LIMIT_MS);
	} while (ready < 0 && errno == EINTR && interrupt_pending() == was_pending);
	if (interrupt_pending() != was_pending)
		return set_human_error(b, "interrupted before the board had its power back", error);
	if (ready <= 0)
		return set_human_error(b, "nobody answered within 15 minutes", error);
	if (read(fd, answer, sizeof(answer)) <= 0)
		return set_human_error(b, "the terminal went away", error);
	return true;
}

static bool ask_human(const struct board *b, GError **error)
{
	int fd = open_terminal();
	bool answered;

	if (fd < 0)
		return set_human_error(b,
				       "a human is asked at the terminal, and there is none; run this in one, "
				       "or give the board file a power.cycle command",
				       error);
	screen_hold(true);
	tcflush(fd, TCIFLUSH);
	dprintf(fd, "board %s: take its power away, wait %u s, give it back, then press Enter: ", b->name,
		b->power.off_settle_s);
	answered = wait_for_human(b, fd, error);
	screen_hold(false);
	close(fd);
	return answered;
}

bool power_cycle(const struct board *b, GError **error)
{
	if (b->power.manual)
		return ask_human(b, error);
	if (b->power.cycle)
		return run(b, "power.cycle", b->power.cycle, error);
	if (b->power.off && b->power.on)
		return off_and_on(b, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "board %s: nothing can take its power away; give the board file power.cycle, or power.off "
		    "and power.on",
		    b->name);
	return false;
}

static bool has_word(const char *text, const char *word)
{
	g_autofree char *pattern = g_strdup_printf("\\b%s\\b", word);

	return g_regex_match_simple(pattern, text, G_REGEX_CASELESS, 0);
}

enum power_state power_status(const struct board *b, GError **error)
{
	g_autofree char *out = NULL;
	g_autofree char *plain = NULL;
	bool on, off;

	if (!b->power.status ||
	    !command_run(b, "power.status", b->power.status, COMMAND_LIMIT_MS, &out, error))
		return POWER_UNKNOWN;
	plain = text_make_plain(out);
	on = has_word(plain, "on");
	off = has_word(plain, "off");
	return on == off ? POWER_UNKNOWN : on ? POWER_ON : POWER_OFF;
}
