// SPDX-License-Identifier: GPL-2.0-only
#include "chart.h"

#include <string.h>

static void chart_free(gpointer data)
{
	struct chart *c = data;

	g_free(c->stem);
	g_free(c->title);
	g_free(c->caption);
	g_free(c);
}

GPtrArray *chart_list_new(void)
{
	return g_ptr_array_new_with_free_func(chart_free);
}

/* Where an id stands, or is meant, inside of a tag: text has no "<" before the next ">". */
#define ID_PLACE "(\\s(?:id|(?:xlink:)?href)=[\"'](?:(?<=id=.)|#)|url\\(#)(?=[^<>]*>)"

char *chart_svg(const struct chart *c, const char *dir, GError **error)
{
	g_autofree char *file = g_strconcat(c->stem, ".svg", NULL);
	g_autofree char *path = g_build_filename(dir, file, NULL);
	g_autofree char *text = NULL;
	g_autofree char *with = g_strdup_printf("\\1%s-", c->stem);
	g_autoptr(GRegex) place = g_regex_new(ID_PLACE, 0, 0, NULL);
	const char *begin;

	if (!g_file_get_contents(path, &text, NULL, error))
		return NULL;
	begin = strstr(text, "<svg");
	return g_regex_replace(place, begin ? begin : text, -1, 0, with, 0, error);
}
