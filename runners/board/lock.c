// SPDX-License-Identifier: GPL-2.0-only
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "base/text.h"

#define HOLDER_MAX 300	/* bytes that are shown of what a lock file says */

static int fail(const struct board *b, const char *what, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "board %s: cannot %s %s: %s; `lock:` in the board file names another place", b->name, what,
		    b->lock, g_strerror(errno));
	return -1;
}

/*
 * Makes @folder as open as what it is made in: below /var/lock all users share it, below somebody's home only
 * that user has it.
 */
static bool make_folder(const char *folder, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(folder);
	struct stat around;

	if (g_file_test(folder, G_FILE_TEST_IS_DIR))
		return true;
	if (!path_make_dirs(folder, error))
		return false;
	if (stat(parent, &around) == 0 && (around.st_mode & S_IWOTH))
		chmod(folder, around.st_mode & 07777);
	return true;
}

static mode_t file_mode(const char *folder)
{
	struct stat info;

	return stat(folder, &info) == 0 && (info.st_mode & S_IWOTH) ? 0666 : 0644;
}

/* Not with O_CREAT when it is there: a kernel refuses that for another user's file in a folder of all. */
static int open_file(const struct board *b, const char *folder, GError **error)
{
	struct stat info;
	int fd = open(b->lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno == ENOENT) {
		mode_t mode = file_mode(folder);

		fd = open(b->lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_CREAT, mode);
		if (fd >= 0)
			fchmod(fd, mode);
	}
	if (fd < 0)
		return fail(b, "open the lock", error);
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return fail(b, "lock what is no file,", error);
}

static int set_held_error(const struct board *b, int fd, GError **error)
{
	char text[HOLDER_MAX + 1] = "";
	g_autofree char *holder = NULL;

	if (pread(fd, text, HOLDER_MAX, 0) <= 0)
		strcpy(text, "somebody who has not said who");
	holder = text_make_plain(text);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "board %s is in use by %s (lock file %s); wait until it is free, or take another board",
		    b->name, g_strstrip(holder), b->lock);
	return -1;
}

/* What the next one is told. That it cannot be written is no reason not to hold the lock. */
static void name_holder(int fd, const char *run)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autofree char *since = g_date_time_format(now, "%F %T");

	if (ftruncate(fd, 0) == 0)
		dprintf(fd, "process %d on %s, for %s, since %s\n", (int)getpid(), g_get_host_name(), run,
			since);
}

int lock_board(const struct board *b, const char *run, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(b->lock);
	int fd;

	if (!make_folder(folder, error))
		return -1;
	fd = open_file(b, folder, error);
	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		name_holder(fd, run);
		return fd;
	}
	if (errno == EWOULDBLOCK)
		set_held_error(b, fd, error);
	else
		fail(b, "lock", error);
	close(fd);
	return -1;
}
