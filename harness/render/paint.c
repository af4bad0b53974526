// SPDX-License-Identifier: GPL-2.0-only
#include "paint.h"

#include <string.h>

#include "base/tty.h"

static const struct {
	const char *mark;
	enum tty_style style;
} painted[] = {
	{ " (I)\n", TTY_GOOD },
	{ " (R)\n", TTY_BAD },
};

static void append_line(GString *out, const char *line, gsize length, int fd)
{
	for (gsize i = 0; i < G_N_ELEMENTS(painted); i++) {
		gsize width = strlen(painted[i].mark);

		if (length < width || memcmp(line + length - width, painted[i].mark, width))
			continue;
		g_string_append_len(out, line, (gssize)(length - width + 1));
		g_string_append_printf(out, "%s%.*s%s\n", tty_begin(fd, painted[i].style), (int)width - 2,
				       painted[i].mark + 1, tty_end(fd));
		return;
	}
	g_string_append_len(out, line, (gssize)length);
}

char *paint_marks(const char *text, int fd)
{
	GString *out = g_string_new(NULL);

	while (*text) {
		const char *end = strchr(text, '\n');
		gsize length = end ? (gsize)(end - text) + 1 : strlen(text);

		append_line(out, text, length, fd);
		text += length;
	}
	return g_string_free(out, FALSE);
}
