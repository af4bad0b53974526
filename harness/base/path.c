// SPDX-License-Identifier: GPL-2.0-only
#include "path.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"

/* Longer names of files are not for every file system. */
#define FILE_NAME_BYTES 120

static char *program_dir(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);

	return program ? g_path_get_dirname(program) : g_strdup(".");
}

/* The first of @a and @b (relative to the program's folder) that exists; @b when neither does. */
static char *beside_program(const char *a, const char *b, const char *name)
{
	g_autofree char *dir = program_dir();
	g_autofree char *first = g_build_filename(dir, a, NULL);

	if (g_file_test(first, G_FILE_TEST_IS_DIR))
		return g_canonicalize_filename(name, first);
	g_free(first);
	first = g_build_filename(dir, b, NULL);
	return g_canonicalize_filename(name, first);
}

char *path_data(const char *name)
{
	const char *dir = g_getenv("VMAPBENCH_DATA");

	if (dir && *dir)
		return g_canonicalize_filename(name, dir);
	return beside_program("../share/vmapbench", "../..", name);
}

char *path_libexec(const char *name)
{
	return beside_program("../libexec/vmapbench", ".", name);
}

char *path_agent(const char *arch)
{
	g_autofree char *name = g_build_filename(arch, "agent", NULL);

	return beside_program("../libexec/vmapbench", "..", name);
}

char *path_cache(const char *name)
{
	g_autofree char *dir = g_build_filename(g_get_user_cache_dir(), "vmapbench", NULL);

	return g_canonicalize_filename(name, dir);
}

bool path_make_dirs(const char *path, GError **error)
{
	if (*path && g_mkdir_with_parents(path, 0755) == 0)
		return true;
	if (!*path)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "\"\" is no name of a folder; give another one");
	else
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot make this folder: %s", path,
			    g_strerror(errno));
	return false;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
	(void)info;
	(void)kind;
	(void)walk;
	return remove(path);
}

bool path_remove_tree(const char *path, GError **error)
{
	if (nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot remove it: %s", path, g_strerror(errno));
	return false;
}

char *path_sha256(const char *path, GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);

	if (!file) {
		g_prefix_error(error, "cannot read it for its digest: ");
		return NULL;
	}
	g_checksum_update(sum, (const guchar *)g_mapped_file_get_contents(file),
			  g_mapped_file_get_length(file));
	return g_strdup(g_checksum_get_string(sum));
}

bool path_check_output(const char *path, GError **error)
{
	struct stat found;
	const char *what = NULL;

	if (!strcmp(path, "-"))
		what = "is no name of a file; name one, or leave --out out";
	else if (stat(path, &found) == 0 && S_ISDIR(found.st_mode))
		what = "is a folder, and a file was expected";
	else if (stat(path, &found) == 0 && !S_ISREG(found.st_mode))
		what = "is no regular file that could be replaced; name another one";
	if (what)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "--out %s: %s", path, what);
	return !what;
}

char *path_file_name(const char *name)
{
	char *file = g_strndup(name, FILE_NAME_BYTES);

	for (char *at = file; *at; at++) {
		if (!g_ascii_isalnum(*at) && !strchr("._~+", *at))
			*at = '-';
	}
	return file;
}
