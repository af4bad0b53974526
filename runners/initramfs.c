// SPDX-License-Identifier: GPL-2.0-only
#include "runners/initramfs.h"

#include "base/error.h"

#include <string.h>
#include <sys/stat.h>

/* The format's fields are 32 bits wide, and both names and contents are aligned to this. */
#define ALIGNMENT 4

#define TRAILER "TRAILER!!!"

/* One member; the numbers are not the struct initramfs_file's where the format wants others. */
struct member {
	const char *name;
	mode_t mode;
	guint32 inode;
	guint32 links;
	guint32 size;
	unsigned int major;
	unsigned int minor;
};

static void align(GByteArray *archive)
{
	static const guint8 zeros[ALIGNMENT];

	g_byte_array_append(archive, zeros, (ALIGNMENT - archive->len % ALIGNMENT) % ALIGNMENT);
}

static void append_member(GByteArray *archive, const struct member *m, const void *data)
{
	guint32 name_size = (guint32)strlen(m->name) + 1;
	/* magic, inode, mode, uid, gid, links, mtime, size, device, special device, name size, checksum */
	g_autofree char *header = g_strdup_printf("070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
						  m->inode, (guint32)m->mode, 0, 0, m->links, 0, m->size, 0, 0,
						  m->major, m->minor, name_size, 0);

	g_byte_array_append(archive, (const guint8 *)header, (guint)strlen(header));
	g_byte_array_append(archive, (const guint8 *)m->name, name_size);
	align(archive);
	if (m->size > 0)
		g_byte_array_append(archive, data, m->size);
	align(archive);
}

static bool folder_is_there(const struct initramfs_file *files, size_t n, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t i;

	if (!slash)
		return true;
	for (i = 0; i < n; i++)
		if (S_ISDIR(files[i].mode) && strlen(files[i].path) == (size_t)(slash - path) &&
		    strncmp(files[i].path, path, (size_t)(slash - path)) == 0)
			return true;
	return false;
}

static bool is_duplicate(const struct initramfs_file *files, size_t n, const char *path)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(files[i].path, path) == 0)
			return true;
	return false;
}

/* @n entries of @files stand before @file. */
static bool check_entry(const struct initramfs_file *files, size_t n, const struct initramfs_file *file,
			GError **error)
{
	const char *wrong = NULL;

	if (!*file->path || *file->path == '/' || g_str_has_suffix(file->path, "/"))
		wrong = "its path must be relative and without a slash at the end";
	else if (strcmp(file->path, TRAILER) == 0)
		wrong = "this name marks the end of an archive";
	else if (is_duplicate(files, n, file->path))
		wrong = "it stands in the list twice";
	else if (!folder_is_there(files, n, file->path))
		wrong = "its folder does not stand before it in the list";
	else if (!S_ISREG(file->mode) && !S_ISDIR(file->mode) && !S_ISCHR(file->mode))
		wrong = "it must be a file, a folder or a character device";
	if (!wrong)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "Cannot pack \"%s\" into an initramfs: %s.",
		    file->path, wrong);
	return false;
}

/* The content of a regular file; *ret_owned is what to free. */
static bool load_content(const struct initramfs_file *file, const void **ret_data, gsize *ret_size,
			 char **ret_owned, GError **error)
{
	g_autoptr(GError) cause = NULL;

	*ret_data = file->data;
	*ret_size = file->size;
	if (file->source) {
		if (!g_file_get_contents(file->source, ret_owned, ret_size, &cause)) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
				    "Cannot read %s to pack it into an initramfs as %s: %s.", file->source,
				    file->path, cause->message);
			return false;
		}
		*ret_data = *ret_owned;
	}
	return true;
}

static bool append_file(GByteArray *archive, const struct initramfs_file *file, guint32 inode, GError **error)
{
	struct member m = { file->path, file->mode, inode, S_ISDIR(file->mode) ? 2 : 1, 0, 0, 0 };
	g_autofree char *owned = NULL;
	const void *data = NULL;
	gsize size = 0;

	if (S_ISCHR(file->mode)) {
		m.major = file->major;
		m.minor = file->minor;
	}
	if (S_ISREG(file->mode) && !load_content(file, &data, &size, &owned, error))
		return false;
	/* Headers and padding of the other entries need room in the array's 32 bits as well. */
	if (size > G_MAXINT32 || archive->len > G_MAXINT32 - size) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "Cannot pack \"%s\" into an initramfs: together the files are larger than 2 GiB.",
			    file->path);
		return false;
	}
	m.size = (guint32)size;
	append_member(archive, &m, data);
	return true;
}

bool initramfs_write(const char *path, const struct initramfs_file *files, size_t n, GError **error)
{
	const struct member trailer = { .name = TRAILER, .links = 1 };
	g_autoptr(GByteArray) archive = g_byte_array_new();
	g_autoptr(GError) cause = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!check_entry(files, i, &files[i], error))
			return false;
		if (!append_file(archive, &files[i], (guint32)i + 1, error))
			return false;
	}
	append_member(archive, &trailer, NULL);
	if (g_file_set_contents(path, (const char *)archive->data, archive->len, &cause))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "Cannot write the initramfs %s: %s.", path,
		    cause->message);
	return false;
}
