// SPDX-License-Identifier: GPL-2.0-only
#include "proc.h"

#include <glib.h>
#include <string.h>

char *proc_value(const char *path, const char *key)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		char *colon = strchr(*line, ':');

		if (colon && g_str_has_prefix(*line, key))
			return g_strdup(g_strstrip(colon + 1));
	}
	return NULL;
}
