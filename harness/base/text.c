// SPDX-License-Identifier: GPL-2.0-only
#include "text.h"

#include <glib.h>
#include <string.h>

char *text_make_plain(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *plain = g_string_new(NULL);

	for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		g_string_append_unichar(plain, g_unichar_iscntrl(c) ? ' ' : c);
	}
	return g_string_free(plain, FALSE);
}

static unsigned int letter_width(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

unsigned int text_width(const char *text)
{
	unsigned int columns = 0;

	for (; *text; text = g_utf8_next_char(text))
		columns += letter_width(g_utf8_get_char(text));
	return columns;
}

/* As many bytes of @text as fit in @columns. */
static gsize fitting(const char *text, unsigned int columns)
{
	const char *at = text;
	unsigned int used = 0;

	for (; *at; at = g_utf8_next_char(at)) {
		used += letter_width(g_utf8_get_char(at));
		if (used > columns)
			break;
	}
	return (gsize)(at - text);
}

char *text_cut(const char *text, unsigned int columns)
{
	static const char mark[] = "..";
	g_autofree char *begin = NULL;

	if (text_width(text) <= columns)
		return g_strdup(text);
	if (columns < sizeof(mark))
		return g_strndup(text, fitting(text, columns));
	begin = g_strndup(text, fitting(text, columns - strlen(mark)));
	return g_strconcat(g_strchomp(begin), mark, NULL);
}

bool text_is_frame(const char *name, size_t longest)
{
	size_t length = 0;

	while (g_ascii_isgraph(name[length]) && name[length] != ';')
		length++;
	return !name[length] && length >= 1 && length <= longest;
}
