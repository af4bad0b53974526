// SPDX-License-Identifier: GPL-2.0-only
#include "text.h"

#include <glib.h>

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
