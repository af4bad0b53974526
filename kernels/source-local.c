// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/json.h"
#include "base/path.h"
#include "base/progress.h"
#include "kernels/files.h"
#include "kernels/git.h"
#include "kernels/unpack.h"

/* The object id that @revision means in the repository @tree; caller frees. */
static char *git_resolve(const char *tree, const char *ref, const char *peel, GError **error)
{
	g_autofree char *revision = g_strconcat(ref, "^{", peel, "}", NULL);
	g_autoptr(GError) reason = NULL;
	char *out;

	if (git_run(tree, NULL, &out, &reason, "rev-parse", "--verify", "--end-of-options", revision, NULL))
		return g_strstrip(out);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "git has no \"%s\" in %s: %s", ref, tree,
		    reason->message);
	return NULL;
}

static bool export_tree(const char *repository, const char *id, const char *into, GError **error)
{
	g_autofree char *tarball = g_build_filename(into, "tree.tar", NULL);
	bool has_top;

	return git_run(repository, NULL, NULL, error, "archive", "--format=tar", "-o", tarball, id, NULL) &&
	       unpack_tarball(tarball, into, &has_top, error) && path_remove_tree(tarball, error);
}

json_t *source_git_fetch(const struct source_name *name, const char *into, GError **error)
{
	g_autofree char *commit = git_resolve(name->what, name->at, "commit", error);
	g_autofree char *tree = commit ? git_resolve(name->what, commit, "tree", error) : NULL;
	g_autofree char *what = g_strdup_printf("source git %s", name->at);
	g_autofree char *repository = NULL;
	g_autofree char *get = NULL;
	g_autoptr(progress) p = NULL;

	if (!tree)
		return NULL;
	p = progress_new(what, 0);
	if (!export_tree(name->what, tree, into, error))
		return NULL;
	progress_finish(g_steal_pointer(&p), NULL);
	repository = g_shell_quote(name->what);
	get = g_strdup_printf("mkdir src && git -C %s archive %s | tar -x -C src", repository, commit);
	return json_pack("{s:s, s:s, s:s, s:[s]}", "digest", tree, "version", commit, "ref", name->at, "get",
			 get);
}

json_t *source_tar_fetch(const struct source_name *name, const char *into, GError **error)
{
	g_autofree char *digest = path_sha256(name->what, error);
	g_autofree char *base = g_path_get_basename(name->what);
	g_autofree char *file = g_strconcat("./", base, NULL);
	g_autofree char *word = g_shell_quote(file);
	g_autofree char *what = g_strdup_printf("source %s", base);
	g_autofree char *get = NULL;
	g_autoptr(progress) p = NULL;
	bool has_top;

	if (!digest)
		return NULL;
	p = progress_new(what, 0);
	if (!unpack_tarball(name->what, into, &has_top, error))
		return NULL;
	progress_finish(g_steal_pointer(&p), NULL);
	get = g_strdup_printf("mkdir src && tar -xf %s -C src%s", word, has_top ? " --strip-components=1" : "");
	return json_pack("{s:s, s:s, s:[s]}", "digest", digest, "version", base, "get", get);
}

/*
 * What a build leaves behind, and what tools keep beside a tree. Outside git there is no other list to go by.
 */
static bool is_build_output(const char *path, bool is_dir)
{
	static const char *const suffixes[] = {
		".o", ".ko", ".a", ".cmd", ".mod", ".mod.c", ".order", ".symvers", ".orig", ".rej", "~",
	};
	g_autofree char *name = g_path_get_basename(path);

	if (is_dir)
		return !strcmp(name, ".git");
	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		if (g_str_has_suffix(name, suffixes[i]))
			return true;
	}
	return false;
}

/* Tracked files and those that git would track, as they are in the folder now. */
static GPtrArray *list_by_git(const char *dir, GError **error)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *out = NULL;
	g_auto(GStrv) lines = NULL;

	if (!git_run(dir, NULL, &out, error, "-c", "core.quotePath=false", "ls-files", "--cached", "--others",
		     "--exclude-standard", "--deduplicate", NULL))
		return NULL;
	lines = g_strsplit(out, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_autofree char *full = g_build_filename(dir, *line, NULL);
		struct stat info;

		/* Tracked files may be removed from the folder; submodules are folders. */
		if (**line && lstat(full, &info) == 0 && !S_ISDIR(info.st_mode))
			g_ptr_array_add(paths, g_strdup(*line));
	}
	g_ptr_array_sort(paths, files_compare);
	return g_steal_pointer(&paths);
}

static GPtrArray *list_source(const char *dir, GError **error)
{
	g_autofree char *git = g_build_filename(dir, ".git", NULL);

	return g_file_test(git, G_FILE_TEST_EXISTS) ? list_by_git(dir, error) :
						      files_list(dir, is_build_output, error);
}

/* Feeds length and bytes, so that the border between two fields is part of the digest. */
static void feed(GChecksum *sum, const void *data, size_t length)
{
	g_autofree char *head = g_strdup_printf("%zu:", length);

	g_checksum_update(sum, (const guchar *)head, -1);
	g_checksum_update(sum, data, (gssize)length);
}

static bool feed_content(GChecksum *sum, const char *path, const struct stat *info, GError **error)
{
	g_autoptr(GMappedFile) file = NULL;
	g_autofree char *target = NULL;

	if (S_ISLNK(info->st_mode)) {
		target = g_file_read_link(path, error);
		if (target)
			feed(sum, target, strlen(target));
		return target != NULL;
	}
	file = g_mapped_file_new(path, FALSE, error);
	if (file)
		feed(sum, g_mapped_file_get_length(file) ? g_mapped_file_get_contents(file) : "",
		     g_mapped_file_get_length(file));
	return file != NULL;
}

/* What tells without reading it that a file is still the one that was read. */
static void feed_stat(GChecksum *sum, const struct stat *info)
{
	const gint64 fields[] = {
		info->st_size, info->st_ino, info->st_mtim.tv_sec, info->st_mtim.tv_nsec, info->st_ctim.tv_sec,
		info->st_ctim.tv_nsec,
	};

	feed(sum, fields, sizeof(fields));
}

/* Digest over path, mode and content (or, for a quick look, stat data) of @paths below @dir; caller frees. */
static char *digest_paths(const char *dir, GPtrArray *paths, bool quick, GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	for (guint i = 0; i < paths->len; i++) {
		const char *path = paths->pdata[i];
		g_autofree char *full = g_build_filename(dir, path, NULL);
		g_autofree char *mode = NULL;
		struct stat info;

		if (lstat(full, &info)) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot look at it: %s", full,
				    g_strerror(errno));
			return NULL;
		}
		mode = g_strdup_printf("%o", info.st_mode & (S_IFMT | S_IXUSR));
		feed(sum, path, strlen(path));
		feed(sum, mode, strlen(mode));
		if (quick)
			feed_stat(sum, &info);
		else if (!feed_content(sum, full, &info, error))
			return NULL;
	}
	return g_strdup(g_checksum_get_string(sum));
}

/* Where the digest of @dir at its last look is kept, with the quick digest that vouches for it. */
static char *look_path(const char *dir)
{
	g_autofree char *name = g_compute_checksum_for_string(G_CHECKSUM_SHA256, dir, -1);
	g_autofree char *relative = g_strconcat("looks/", name, ".json", NULL);

	return path_cache(relative);
}

static bool remember_look(const char *dir, const char *quick, const char *digest, GError **error)
{
	g_autofree char *path = look_path(dir);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autojson json = json_pack("{s:s, s:s, s:s}", "folder", dir, "quick", quick, "digest", digest);

	return path_make_dirs(parent, error) && json_file_write(path, json, error);
}

static bool copy_paths(const char *dir, GPtrArray *paths, const char *into, GError **error)
{
	g_autofree char *list = g_build_filename(into, "files", NULL);
	g_autofree char *from = g_strconcat(dir, "/", NULL);
	g_autofree char *to = g_strconcat(into, "/tree/", NULL);
	g_autofree char *text = NULL;

	g_ptr_array_add(paths, NULL);
	text = g_strjoinv("\n", (char **)paths->pdata);
	g_ptr_array_set_size(paths, (int)paths->len - 1);
	return g_file_set_contents(list, text, -1, error) && path_make_dirs(to, error) &&
	       exec_words(NULL, NULL, error, "rsync", "-lp", "--files-from", list, from, to, NULL) &&
	       path_remove_tree(list, error);
}

/* The digest is taken of the copy: the folder may change while it is copied. */
static char *copy_and_digest(const char *dir, const char *into, GError **error)
{
	g_autofree char *tree = g_build_filename(into, "tree", NULL);
	g_autoptr(GPtrArray) paths = list_source(dir, error);
	g_autofree char *quick = paths ? digest_paths(dir, paths, true, error) : NULL;
	g_autofree char *digest = NULL;

	if (!quick || !copy_paths(dir, paths, into, error))
		return NULL;
	digest = digest_paths(tree, paths, false, error);
	return digest && remember_look(dir, quick, digest, error) ? g_steal_pointer(&digest) : NULL;
}

json_t *source_dir_fetch(const struct source_name *name, const char *into, GError **error)
{
	g_autofree char *base = g_path_get_basename(name->what);
	g_autofree char *what = g_strdup_printf("source %s", base);
	g_autoptr(progress) p = progress_new(what, 0);
	g_autofree char *digest = copy_and_digest(name->what, into, error);
	g_autofree char *word = g_shell_quote(name->what);
	g_autofree char *get = g_strdup_printf("cp -a -- %s src", word);

	if (!digest)
		return NULL;
	progress_finish(g_steal_pointer(&p), NULL);
	return json_pack("{s:s, s:s, s:[s]}", "digest", digest, "version", name->what, "get", get);
}

static char *dir_digest(const char *dir, GError **error)
{
	g_autofree char *path = look_path(dir);
	g_autojson json = json_file_read(path, NULL);
	g_autoptr(GPtrArray) paths = list_source(dir, error);
	g_autofree char *quick = paths ? digest_paths(dir, paths, true, error) : NULL;

	if (!quick || g_strcmp0(quick, json_text(json, "quick")))
		return NULL;
	return g_strdup(json_text(json, "digest"));
}

static bool check_exists(const struct source_name *name, GFileTest kind, GError **error)
{
	if (g_file_test(name->what, kind))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "source %s: there is no %s %s", name->text,
		    kind == G_FILE_TEST_IS_DIR ? "folder" : "file", name->what);
	return false;
}

char *source_local_digest(const struct source_name *name, GError **error)
{
	switch (name->kind) {
	case SOURCE_DEB:
	case SOURCE_IMAGE:
		return NULL;
	case SOURCE_GIT:
		return check_exists(name, G_FILE_TEST_IS_DIR, error) ?
		       git_resolve(name->what, name->at, "tree", error) : NULL;
	case SOURCE_TAR:
		return check_exists(name, G_FILE_TEST_IS_REGULAR, error) ? path_sha256(name->what, error)
									 : NULL;
	case SOURCE_DIR:
		break;
	}
	return check_exists(name, G_FILE_TEST_IS_DIR, error) ? dir_digest(name->what, error) : NULL;
}
