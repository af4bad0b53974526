// SPDX-License-Identifier: GPL-2.0-only
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "base/progress.h"
#include "base/units.h"

#define SWEEP_AGE_S (24 * 60 * 60)

static bool set_errno_error(GError **error, const char *path, const char *what)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot %s: %s", path, what, g_strerror(errno));
	return false;
}

static bool make_parent(const char *path, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(path);

	return path_make_dirs(parent, error);
}

static bool wait_for_lock(int fd, const char *what)
{
	g_autofree char *line = g_strdup_printf("waiting for %s", what);
	struct progress *p = progress_new(line, 0);
	int failed;

	do {
		failed = flock(fd, LOCK_EX);
	} while (failed && errno == EINTR);
	progress_finish(p, NULL);
	return !failed;
}

int files_lock(const char *path, const char *what, GError **error)
{
	int fd;

	if (!make_parent(path, error))
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) == 0 || (errno == EWOULDBLOCK && wait_for_lock(fd, what))))
		return fd;
	set_errno_error(error, path, "lock it");
	if (fd >= 0)
		close(fd);
	return -1;
}

void files_unlock(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static bool sync_file(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool ok = true;

	if (fd < 0)
		return errno == ELOOP || set_errno_error(error, path, "open it");
	if (fsync(fd))
		ok = set_errno_error(error, path, "write it to disk");
	close(fd);
	return ok;
}

/* All of the file system that holds @dir: one call, where its files one by one would take thousands. */
bool files_sync(const char *dir, GError **error)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && !syncfs(fd);

	if (!ok)
		set_errno_error(error, dir, "write it to disk");
	if (fd >= 0)
		close(fd);
	return ok;
}

bool files_copy(const char *from, const char *to, GError **error)
{
	g_autoptr(GFile) source = g_file_new_for_path(from);
	g_autoptr(GFile) target = g_file_new_for_path(to);

	if (!make_parent(to, error))
		return false;
	if (!g_file_copy(source, target, G_FILE_COPY_OVERWRITE | G_FILE_COPY_NOFOLLOW_SYMLINKS, NULL, NULL,
			 NULL, error)) {
		g_prefix_error(error, "%s: cannot copy it: ", from);
		return false;
	}
	if (utimensat(AT_FDCWD, to, NULL, AT_SYMLINK_NOFOLLOW))
		return set_errno_error(error, to, "set its time");
	return true;
}

static bool same_content(const char *a, const char *b)
{
	g_autoptr(GMappedFile) first = g_mapped_file_new(a, FALSE, NULL);
	g_autoptr(GMappedFile) second = g_mapped_file_new(b, FALSE, NULL);

	return first && second && g_mapped_file_get_length(first) == g_mapped_file_get_length(second) &&
	       (g_mapped_file_get_length(first) == 0 ||
		!memcmp(g_mapped_file_get_contents(first), g_mapped_file_get_contents(second),
			g_mapped_file_get_length(first)));
}

static bool same_link(const char *a, const char *b)
{
	g_autofree char *first = g_file_read_link(a, NULL);
	g_autofree char *second = g_file_read_link(b, NULL);

	return first && second && !strcmp(first, second);
}

static bool same_file(const char *a, const char *b, const struct stat *first)
{
	struct stat second;

	if (lstat(b, &second) || second.st_mode != first->st_mode)
		return false;
	return S_ISLNK(first->st_mode) ? same_link(a, b) : same_content(a, b);
}

bool files_make_equal(const char *from, const char *to, GError **error)
{
	struct stat info;

	if (lstat(from, &info)) {
		if (errno != ENOENT && errno != ENOTDIR)
			return set_errno_error(error, from, "look at it");
		return g_remove(to) == 0 || errno == ENOENT || errno == ENOTDIR ||
		       set_errno_error(error, to, "remove it");
	}
	return same_file(from, to, &info) || (files_copy(from, to, error) && sync_file(to, error));
}

bool files_check_space(const char *dir, guint64 bytes, const char *what, GError **error)
{
	g_autofree char *needed = units_format_bytes(bytes);
	g_autofree char *free_text = NULL;
	struct statvfs info;
	guint64 free_bytes;

	if (!path_make_dirs(dir, error))
		return false;
	if (statvfs(dir, &info))
		return set_errno_error(error, dir, "find out its free space");
	free_bytes = (guint64)info.f_bavail * info.f_frsize;
	if (free_bytes >= bytes)
		return true;
	free_text = units_format_bytes(free_bytes);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "%s: %s needs about %s here and %s are free; make room, or set XDG_CACHE_HOME to a folder "
		    "on a larger disk",
		    dir, what, needed, free_text);
	return false;
}

int files_compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool list_folder(GPtrArray *paths, const char *root, const char *relative,
			bool (*skip)(const char *path, bool is_dir), GError **error)
{
	g_autofree char *dir = g_build_filename(root, relative, NULL);
	g_autoptr(GDir) entries = g_dir_open(dir, 0, error);
	const char *name;

	if (!entries)
		return false;
	while ((name = g_dir_read_name(entries))) {
		g_autofree char *path = *relative ? g_build_filename(relative, name, NULL) : g_strdup(name);
		g_autofree char *full = g_build_filename(dir, name, NULL);
		struct stat info;

		if (lstat(full, &info))
			return set_errno_error(error, full, "look at it");
		if (skip && skip(path, S_ISDIR(info.st_mode)))
			continue;
		if (S_ISDIR(info.st_mode) && !list_folder(paths, root, path, skip, error))
			return false;
		if (S_ISREG(info.st_mode) || S_ISLNK(info.st_mode))
			g_ptr_array_add(paths, g_steal_pointer(&path));
	}
	return true;
}

GPtrArray *files_list(const char *dir, bool (*skip)(const char *path, bool is_dir), GError **error)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	if (!list_folder(paths, dir, "", skip, error))
		return NULL;
	g_ptr_array_sort(paths, files_compare);
	return g_steal_pointer(&paths);
}

bool files_remove_since(const char *dir, gint64 since_s, GError **error)
{
	g_autoptr(GPtrArray) paths = files_list(dir, NULL, error);

	for (guint i = 0; paths && i < paths->len; i++) {
		g_autofree char *path = g_build_filename(dir, paths->pdata[i], NULL);
		struct stat info;

		if (lstat(path, &info) || info.st_mtime < since_s)
			continue;
		if (g_remove(path))
			return set_errno_error(error, path, "remove it");
	}
	return paths != NULL;
}

char *files_make_temp(const char *parent, GError **error)
{
	g_autofree char *dir = g_build_filename(parent, "tmp-XXXXXX", NULL);

	if (!path_make_dirs(parent, error))
		return NULL;
	if (g_mkdtemp_full(dir, 0755))
		return g_steal_pointer(&dir);
	set_errno_error(error, parent, "make a folder in it");
	return NULL;
}

void files_sweep(const char *parent)
{
	g_autoptr(GDir) entries = g_dir_open(parent, 0, NULL);
	const char *name;

	while (entries && (name = g_dir_read_name(entries))) {
		g_autofree char *path = g_build_filename(parent, name, NULL);
		struct stat info;

		if (g_str_has_prefix(name, "tmp-") && lstat(path, &info) == 0 &&
		    info.st_mtime < time(NULL) - SWEEP_AGE_S)
			path_remove_tree(path, NULL);
	}
}

bool files_publish(const char *from, const char *to, GError **error)
{
	if (!files_sync(from, error))
		return false;
	if (g_rename(from, to) == 0)
		return true;
	if (errno == EEXIST || errno == ENOTEMPTY)
		return path_remove_tree(from, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot move it to %s: %s", from, to,
		    g_strerror(errno));
	return false;
}
