// SPDX-License-Identifier: GPL-2.0-only
#include "html.h"

#include <string.h>

#define REPLACEMENT "\357\277\275" /* U+FFFD */
#define REFERENCE "&#x"		   /* GLib's escape of a control character, which HTML does not allow */

/* Appends @markup without characters that HTML forbids, as they are or as references. */
static void append_clean(GString *out, const char *markup)
{
	const char *at = markup;

	while (*at) {
		const char *next = g_utf8_next_char(at);
		gunichar c = g_utf8_get_char(at);

		if (g_str_has_prefix(at, REFERENCE)) {
			at = strchr(at, ';') + 1;
			g_string_append(out, REPLACEMENT);
			continue;
		}
		if (g_unichar_iscntrl(c) && c != '\n' && c != '\t')
			g_string_append(out, REPLACEMENT);
		else
			g_string_append_len(out, at, next - at);
		at = next;
	}
}

void html_add(GString *out, const char *format, ...)
{
	g_autofree char *markup = NULL;
	g_autofree char *valid = NULL;
	va_list args;

	va_start(args, format);
	markup = g_markup_vprintf_escaped(format, args);
	va_end(args);
	valid = g_utf8_make_valid(markup, -1);
	append_clean(out, valid);
}

void html_bytes(GString *out, const char *bytes, gsize length)
{
	g_autofree char *valid = g_utf8_make_valid(bytes, length);
	g_autofree char *markup = g_markup_escape_text(valid, -1);

	append_clean(out, markup);
}

void html_element(GString *out, const char *tag, const char *text)
{
	int word = strcspn(tag, " ");

	g_string_append_printf(out, "<%s>", tag);
	html_text(out, text);
	g_string_append_printf(out, "</%.*s>\n", word, tag);
}

void html_open(GString *out, const char *tag, const char *class)
{
	g_string_append_printf(out, "<%s", tag);
	if (class)
		html_add(out, " class=\"%s\"", class);
	g_string_append_c(out, '>');
}
