// SPDX-License-Identifier: GPL-2.0-only
#include "console.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "splat.h"

static char **read_lines(const char *path)
{
	g_autofree char *text = NULL;
	gsize length = 0;

	if (!g_file_get_contents(path, &text, &length, NULL))
		return g_new0(char *, 1);
	for (gsize i = 0; i < length; i++) {
		if (text[i] == '\0' || text[i] == '\r')
			text[i] = ' ';
	}
	return g_strsplit(text, "\n", -1);
}

char *console_first_splat(const char *path, const char **ret_kind)
{
	g_auto(GStrv) lines = read_lines(path);

	for (char **line = lines; *line; line++) {
		const struct splat *splat = splat_match_console(*line, strlen(*line));

		if (!splat)
			continue;
		if (ret_kind)
			*ret_kind = splat->kind;
		return text_make_plain(g_strstrip(*line));
	}
	return NULL;
}

char *console_last_line(const char *path)
{
	g_auto(GStrv) lines = read_lines(path);

	for (guint i = g_strv_length(lines); i > 0; i--) {
		if (*g_strstrip(lines[i - 1]))
			return text_make_plain(lines[i - 1]);
	}
	return NULL;
}
