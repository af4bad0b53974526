// SPDX-License-Identifier: GPL-2.0-only
#include "layout.h"

#include <stdio.h>

#include "base/error.h"

/*
 * Text moves by odd multiples of 16 bytes, the alignment of functions, so that every position within a cache
 * line and a page is reached; data by odd multiples of 8.
 */
#define TEXT_STEP_BYTES (13 * 16)
#define DATA_STEP_BYTES (41 * 8)

char *layout_text(unsigned int n)
{
	return g_strdup_printf("\n/* vmapbench: layout %u */\n"
			       "asm(\".pushsection .text; .skip %u, 0xcc; .popsection\");\n"
			       "asm(\".pushsection .data; .skip %u; .popsection\");\n",
			       n, n * TEXT_STEP_BYTES, n * DATA_STEP_BYTES);
}

static bool append_to(const char *path, const char *addition, GError **error)
{
	g_autofree char *text = NULL;
	g_autofree char *whole = NULL;

	if (!g_file_get_contents(path, &text, NULL, error))
		return false;
	whole = g_strconcat(text, addition, NULL);
	return g_file_set_contents_full(path, whole, -1, G_FILE_SET_CONTENTS_NONE, 0644, error);
}

bool layout_apply(struct series *applied, const char *tree, unsigned int n, GError **error)
{
	g_autofree char *path = g_build_filename(applied->stage, LAYOUT_FILE, NULL);
	g_autofree char *addition = layout_text(n);

	if (n == 0)
		return true;
	if (n > LAYOUT_HIGHEST) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "layout %u: the highest layout is %d", n,
			    LAYOUT_HIGHEST);
		return false;
	}
	if (series_stage_file(applied, tree, LAYOUT_FILE, error) && append_to(path, addition, error))
		return true;
	g_prefix_error(error, "layout %u cannot be made: ", n);
	return false;
}
