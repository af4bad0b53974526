// SPDX-License-Identifier: GPL-2.0-only
#include "drawing.h"

#include <math.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"

/* In single quotes gnuplot knows one special character, the quote itself, which is doubled. */
static char *quote(const char *text)
{
	g_autofree char *plain = text_make_plain(text);
	g_auto(GStrv) parts = g_strsplit(plain, "'", -1);
	g_autofree char *doubled = g_strjoinv("''", parts);

	return g_strdup_printf("'%s'", doubled);
}

void drawing_set_text(struct drawing *d, const char *name, const char *text)
{
	g_autofree char *quoted = quote(text);

	g_string_append_printf(d->variables, "%s = %s\n", name, quoted);
}

void drawing_set_number(struct drawing *d, const char *name, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append_printf(d->variables, "%s = %s\n", name, g_ascii_dtostr(text, sizeof(text), number));
}

void drawing_set_list(struct drawing *d, const char *name, const GPtrArray *list)
{
	g_string_append_printf(d->variables, "array %s[%u] = [", name, list->len);
	for (guint i = 0; i < list->len; i++) {
		g_autofree char *quoted = quote(list->pdata[i]);

		g_string_append_printf(d->variables, "%s%s", i ? ", " : "", quoted);
	}
	g_string_append(d->variables, "]\n");
}

struct drawing *drawing_new(const char *script, const char *name)
{
	struct drawing *d = g_new0(struct drawing, 1);

	d->script = g_strdup(script);
	d->name = path_file_name(name);
	d->data = g_string_new(NULL);
	d->variables = g_string_new(NULL);
	return d;
}

void drawing_free(struct drawing *d)
{
	if (!d)
		return;
	g_free(d->script);
	g_free(d->name);
	g_free(d->title);
	g_free(d->caption);
	g_string_free(d->data, TRUE);
	g_string_free(d->variables, TRUE);
	g_free(d);
}

void drawing_describe(struct drawing *d, char *title, const char *caption)
{
	g_autofree char *owned = title;

	d->title = text_make_plain(owned);
	d->caption = g_strdup(caption);
}

void drawing_add_number(struct drawing *d, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append(d->data,
			isfinite(number) ? g_ascii_formatd(text, sizeof(text), "%.10g", number) : "NaN");
	g_string_append_c(d->data, ' ');
}

void drawing_add_text(struct drawing *d, const char *text)
{
	g_autofree char *plain = text_make_plain(text);

	g_strdelimit(plain, "\"", '\'');
	g_strdelimit(plain, "\\", '/');
	g_string_append_printf(d->data, "\"%s\" ", plain);
}
