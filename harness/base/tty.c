// SPDX-License-Identifier: GPL-2.0-only
#include "tty.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "units.h"

#define COLUMNS_MAX 65535

bool tty_can_redraw(int fd)
{
	const char *kind = g_getenv("TERM");

	return isatty(fd) && kind && *kind && strcmp(kind, "dumb");
}

bool tty_controls_us(int fd)
{
	return tcgetpgrp(fd) >= 0;
}

bool tty_is_ours(int fd)
{
	return tcgetpgrp(fd) == getpgrp();
}

/* NO_COLOR: https://no-color.org. */
static bool has_colour(int fd)
{
	const char *no_color = g_getenv("NO_COLOR");

	return (!no_color || !*no_color) && tty_can_redraw(fd);
}

const char *tty_begin(int fd, enum tty_style style)
{
	/* ECMA-48, "select graphic rendition" */
	static const char *const sequences[] = {
		[TTY_HEAD] = "\033[1m",
		[TTY_GOOD] = "\033[32m",
		[TTY_WARNING] = "\033[33m",
		[TTY_BAD] = "\033[31m",
	};

	return has_colour(fd) ? sequences[style] : "";
}

const char *tty_end(int fd)
{
	return has_colour(fd) ? "\033[0m" : "";
}

/* What COLUMNS says, 0 when that is no number of columns. */
static guint columns_wanted(void)
{
	const char *text = g_getenv("COLUMNS");
	guint64 columns = 0;

	if (!text || !units_parse_u64(text, "COLUMNS", 1, COLUMNS_MAX, &columns, NULL))
		return 0;
	return (guint)columns;
}

void tty_size(int fd, guint *ret_columns, guint *ret_rows)
{
	struct winsize size = { 0 };
	bool known = ioctl(fd, TIOCGWINSZ, &size) == 0;
	guint wanted = columns_wanted(), columns = known ? size.ws_col : 0;

	if (columns == 0)
		columns = wanted ? wanted : 80;
	*ret_columns = wanted ? MIN(columns, wanted) : columns;
	*ret_rows = known && size.ws_row ? size.ws_row : 24;
}
