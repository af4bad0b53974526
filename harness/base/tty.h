/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * What a stream of this program can show. The terminal decides, and the environment: TERM, NO_COLOR and
 * COLUMNS. Nobody else asks them.
 */
enum tty_style {
	TTY_HEAD,	/* bold */
	TTY_GOOD,	/* green */
	TTY_WARNING,	/* yellow */
	TTY_BAD,	/* red */
};

/* Whether @fd is a terminal that moves its cursor: none without TERM, or a TERM of "dumb". */
bool tty_can_redraw(int fd);

/* Whether the terminal @fd controls us: not that of another session, as behind su -c or setsid. */
bool tty_controls_us(int fd);

/* Whether we may draw upon the terminal @fd now: it controls us, and we run in its foreground. */
bool tty_is_ours(int fd);

/*
 * What stands around text in @style on @fd; both are "" without colour: where tty_can_redraw() is
 * false, or NO_COLOR is set and not empty. Colour is for the eye: no text may mean something else without it.
 */
const char *tty_begin(int fd, enum tty_style style);
const char *tty_end(int fd);

/*
 * The columns and rows of the terminal @fd, each 1 or more; 80 and 24 where it does not say. COLUMNS makes it
 * narrower, never wider: what is longer than a line would wrap.
 */
void tty_size(int fd, guint *ret_columns, guint *ret_rows);
