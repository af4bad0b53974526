// SPDX-License-Identifier: GPL-2.0-only
#include "console.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "board/facts.h"
#include "splat.h"

/* Of pstore, whose records begin with the newest. */
#define RECORD "==> /"

static bool is_banner(const char *line)
{
	return g_regex_match_simple("^\\[ *0\\.000000\\](\\[[^]]*\\])? Linux version ", line, 0, 0);
}

/* A board's good kernel speaks as well, before and behind the one whose command line has the token. */
static void keep_kernel_under_test(char **lines)
{
	guint count = g_strv_length(lines), begin = 0, end;

	while (begin < count && !strstr(lines[begin], FACTS_TOKEN)) {
		if (g_str_has_prefix(lines[begin++], RECORD))
			return;
	}
	if (begin == count)
		return;
	for (end = begin; end < count && !is_banner(lines[end]); end++)
		;
	while (begin > 0 && !is_banner(lines[begin]))
		begin--;
	for (guint i = 0; i < count; i++) {
		if (i < begin || i >= end)
			lines[i][0] = '\0';
	}
}

static char **read_lines(const char *path)
{
	g_autofree char *text = NULL;
	gsize length = 0;
	char **lines;

	if (!g_file_get_contents(path, &text, &length, NULL))
		return g_new0(char *, 1);
	for (gsize i = 0; i < length; i++) {
		if (text[i] == '\0' || text[i] == '\r')
			text[i] = ' ';
	}
	lines = g_strsplit(text, "\n", -1);
	keep_kernel_under_test(lines);
	return lines;
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
