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

char *proc_cpu(const char *path)
{
	g_autofree char *maker = NULL;
	g_autofree char *part = NULL;
	char *name = proc_value(path, "model name");

	if (name)
		return name;
	maker = proc_value(path, "CPU implementer");
	part = proc_value(path, "CPU part");
	return maker && part ? g_strdup_printf("CPU part %s of implementer %s", part, maker) : NULL;
}
