// SPDX-License-Identifier: GPL-2.0-only
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/tty.h"
#include "tables.h"

/* ECMA-48, and the private modes of xterm that all of its kind know. */
#define OTHER_SCREEN	"\033[?1049h"
#define OWN_SCREEN	"\033[?1049l"
#define HIDE_CURSOR	"\033[?25l"
#define SHOW_CURSOR	"\033[?25h"
#define HOME		"\033[H"
#define ERASE_LINE	"\033[K"
#define ERASE_BELOW	"\033[J"
#define PLAIN		"\033[0m"

struct terminal {
	bool has_keys;		/* standard input is a terminal, too, and was changed */
	struct termios before;
};

bool terminal_usable(void)
{
	return tty_can_redraw(STDOUT_FILENO) && tty_is_ours(STDOUT_FILENO);
}

bool terminal_write(const char *text, gsize length)
{
	while (length > 0) {
		ssize_t wrote = write(STDOUT_FILENO, text, length);

		if (wrote < 0 && (errno != EINTR || interrupt_pending()))
			return false;
		if (wrote > 0) {
			text += wrote;
			length -= wrote;
		}
	}
	return true;
}

static void take_keys(struct terminal *t)
{
	struct termios raw;

	t->has_keys = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &t->before) == 0;
	if (!t->has_keys)
		return;
	raw = t->before;
	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

struct terminal *terminal_open(void)
{
	static const char begin[] = OTHER_SCREEN HIDE_CURSOR;
	struct terminal *t = g_new0(struct terminal, 1);

	take_keys(t);
	terminal_write(begin, strlen(begin));
	return t;
}

void terminal_close(struct terminal *t)
{
	static const char end[] = PLAIN SHOW_CURSOR OWN_SCREEN;
	ssize_t written;

	if (!t)
		return;
	if (t->has_keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &t->before);
	/* Not terminal_write(): an interruption is the usual reason to be here. */
	do
		written = write(STDOUT_FILENO, end, strlen(end));
	while (written < 0 && errno == EINTR);
	g_free(t);
}

bool terminal_draw(const GPtrArray *lines)
{
	g_autoptr(GString) screen = g_string_new(HOME);

	for (guint i = 0; i < lines->len; i++) {
		const struct line *line = lines->pdata[i];

		/* Erased first, and no newline behind the last: a line may fill the last column. */
		g_string_append_printf(screen, "%s%s%s%s%s", i > 0 ? "\r\n" : "",
				       i + 1 < lines->len ? ERASE_LINE : ERASE_BELOW,
				       line->head ? tty_begin(STDOUT_FILENO, TTY_HEAD) : "", line->text,
				       line->head ? tty_end(STDOUT_FILENO) : "");
	}
	return terminal_write(screen->str, screen->len);
}

int terminal_key(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char key;

	if (poll(&input, 1, 0) <= 0)
		return 0;
	return read(STDIN_FILENO, &key, 1) == 1 ? key : -1;
}
