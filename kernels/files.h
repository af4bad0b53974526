/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What the kernels room does with files and folders beyond base/path.h. */

/*
 * An exclusive lock on @path, which is made when missing. Waits for another holder and shows that it does, in
 * the words of @what ("another build in ..."). Returns a descriptor: closing it drops the lock; -1 with @error.
 */
int files_lock(const char *path, const char *what, GError **error);

/* A lock that is dropped at the end of the block. */
void files_unlock(int *fd);
#define files_autolock __attribute__((cleanup(files_unlock))) int

/*
 * Copies content and mode, and makes the folders above @to. A symbolic link is copied as one. @to gets a new
 * mtime.
 */
bool files_copy(const char *from, const char *to, GError **error);

/*
 * Makes @to what @from is: present with the same content and mode, or absent. A file that is the same already
 * keeps its mtime. Durable when it returns.
 */
bool files_make_equal(const char *from, const char *to, GError **error);

/* Writes @dir, and whatever else waits for the same disk, to the disk. */
bool files_sync(const char *dir, GError **error);

/* An error when the file system of @dir has less than @bytes free. @what: "building a kernel". */
bool files_check_space(const char *dir, guint64 bytes, const char *what, GError **error);

/* For sorting arrays of strings (g_ptr_array_sort(), qsort()) by byte value, the same in every locale. */
int files_compare(gconstpointer a, gconstpointer b);

/* Regular files and symbolic links below @dir, relative to it, sorted by byte value. */
GPtrArray *files_list(const char *dir, bool (*skip)(const char *path, bool is_dir), GError **error);

/* Removes the files below @dir that were written at @since_s (seconds since the epoch) or later. */
bool files_remove_since(const char *dir, gint64 since_s, GError **error);

/* A new folder PARENT/tmp-XXXXXX; caller frees. Those of earlier, killed runs go by files_sweep(). */
char *files_make_temp(const char *parent, GError **error);

/* Removes PARENT/tmp-* older than a day. */
void files_sweep(const char *parent);

/*
 * Moves the finished folder @from to @to; when @to is there already (another process was faster) @from is
 * removed. What is in it is on the disk before it has its final name.
 */
bool files_publish(const char *from, const char *to, GError **error);
