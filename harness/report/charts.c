// SPDX-License-Identifier: GPL-2.0-only
#include "charts.h"

#include <string.h>

#include "render/html.h"
#include "svg.h"

#define SUFFIX ".svg"

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the pictures in @dir without their suffix; the caller frees. */
static GPtrArray *list_pictures(const char *dir)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) folder = dir ? g_dir_open(dir, 0, NULL) : NULL;
	const char *name;

	while (folder && (name = g_dir_read_name(folder))) {
		if (g_str_has_suffix(name, SUFFIX))
			g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(SUFFIX)));
	}
	g_ptr_array_sort(names, by_name);
	return names;
}

static void add_picture(const struct view *v, const char *name, guint number, GString *out)
{
	g_autofree char *file = g_strconcat(name, SUFFIX, NULL);
	g_autofree char *path = g_build_filename(v->charts, file, NULL);
	g_autofree char *prefix = g_strdup_printf("%sc%u-", v->prefix, number);
	g_autofree char *label = g_strdelimit(g_strdup(name), "-", ' ');
	g_autoptr(GError) error = NULL;

	g_string_append(out, "<figure>\n");
	html_add(out, "<div class=\"chart\" tabindex=\"0\" role=\"region\" aria-label=\"chart: %s\">", label);
	if (!svg_inline(path, prefix, label, out, &error))
		html_element(out, "p class=\"note alarm\"", error->message);
	html_add(out, "</div>\n<figcaption>%s</figcaption>\n</figure>\n", label);
}

void charts_add(const struct view *v, GString *out)
{
	g_autoptr(GPtrArray) names = list_pictures(v->charts);

	if (v->lacks)
		html_add(out, "<p class=\"note alarm\">NO CHARTS: %s</p>\n", v->lacks);
	for (guint i = 0; i < names->len; i++)
		add_picture(v, names->pdata[i], i, out);
}
