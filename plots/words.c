// SPDX-License-Identifier: GPL-2.0-only
#include "words.h"

char *words_join(const GPtrArray *words)
{
	GString *joined = g_string_new(NULL);

	for (guint i = 0; i < words->len; i++) {
		g_autofree char *word = g_strdelimit(g_strdup(words->pdata[i]), " \t\r\n", '_');

		g_string_append_printf(joined, "%s%s", i ? " " : "", word);
	}
	return g_string_free(joined, FALSE);
}
