/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * HTML out of what strangers wrote: kernels, names, titles. Whatever is a %s of html_add(), or is given to the
 * others, is text and never markup; bytes that are no UTF-8 and control characters become U+FFFD.
 */
void html_add(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* @length bytes, among which may be any; newlines and tabs stay. */
void html_bytes(GString *out, const char *bytes, gsize length);

static inline void html_text(GString *out, const char *text)
{
	html_add(out, "%s", text);
}

/* <@tag>, and with a @class that is not NULL that, too. */
void html_open(GString *out, const char *tag, const char *class);

/* <@tag>, @text, </@tag>; of a @tag with attributes, `p class="note"`, the end has its first word. */
void html_element(GString *out, const char *tag, const char *text);
