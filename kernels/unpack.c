// SPDX-License-Identifier: GPL-2.0-only
#include "unpack.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/path.h"

/* @dir itself when the Makefile is in it, otherwise its only entry. Caller frees. */
static char *find_top(const char *dir)
{
	g_autofree char *makefile = g_build_filename(dir, "Makefile", NULL);
	g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
	const char *first, *second;

	if (!entries || g_file_test(makefile, G_FILE_TEST_EXISTS))
		return g_strdup(dir);
	first = g_dir_read_name(entries);
	second = first ? g_dir_read_name(entries) : NULL;
	return first && !second ? g_build_filename(dir, first, NULL) : g_strdup(dir);
}

bool unpack_tarball(const char *tarball, const char *into, bool *ret_has_top, GError **error)
{
	g_autofree char *unpacked = g_build_filename(into, "unpacked", NULL);
	g_autofree char *tree = g_build_filename(into, "tree", NULL);
	g_autofree char *top = NULL;

	if (!path_make_dirs(unpacked, error) ||
	    !exec_words(NULL, NULL, error, "tar", "-x", "--no-same-owner", "-f", tarball, "-C", unpacked, NULL))
		return false;
	top = find_top(unpacked);
	*ret_has_top = strcmp(top, unpacked) != 0;
	if (g_rename(top, tree)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot move it to %s: %s", top, tree,
			    g_strerror(errno));
		return false;
	}
	return path_remove_tree(unpacked, error);
}
