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

static const struct packer {
	const char *suffix;
	const char *program;
	const char *option;	/* quiet; lz4 writes to its standard output unless it is given a list */
	const char *package;
} packers[] = {
	{ ".gz", "gzip", "-q", "gzip" },
	{ ".lz4", "lz4", "-qm", "lz4" },
	{ ".xz", "xz", "-q", "xz-utils" },
	{ ".zst", "zstd", "-q", "zstd" },
};

static const struct packer *find_packer(const char *packed, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
		g_autofree char *path = NULL;

		if (!g_str_has_suffix(packed, packers[i].suffix))
			continue;
		path = g_find_program_in_path(packers[i].program);
		if (path)
			return &packers[i];
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "%s: to unpack it takes %s, which this machine does not have. On Debian: "
			    "apt-get install %s", packed, packers[i].program, packers[i].package);
		return NULL;
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: it is not known how this is packed", packed);
	return NULL;
}

bool unpack_file(const char *packed, GError **error)
{
	const struct packer *packer = find_packer(packed, error);

	if (!packer ||
	    !exec_words(NULL, NULL, error, packer->program, packer->option, "-d", packed, NULL))
		return false;
	/* Not all of them remove it. */
	g_unlink(packed);
	return true;
}
