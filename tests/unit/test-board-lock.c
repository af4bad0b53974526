// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/lock.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"

static char *dir;

static struct board *board_with(const char *lock)
{
	g_autofree char *path = g_build_filename(dir, "b.yaml", NULL);
	g_autofree char *text = g_strdup_printf("name: b\narch: arm64\nssh: {target: a}\nlock: %s\n"
						"boot: {base_cmdline: root=/dev/a}\n",
						lock);
	struct board *b = board_parse(text, path, NULL);

	g_assert_nonnull(b);
	return b;
}

static char *contents_of(const char *path)
{
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void test_held(void)
{
	g_autoptr(board) b = board_with("sub/folder/b.lock");
	g_autofree char *mine =
		g_strdup_printf("process %d on %s, for runs/x, since 20", (int)getpid(), g_get_host_name());
	g_autofree char *said = NULL;
	g_autoptr(GError) error = NULL;
	int fd = lock_board(b, "runs/x", &error);

	g_assert_no_error(error);
	g_assert_cmpint(fd, >=, 0);
	said = contents_of(b->lock);
	g_assert_true(g_str_has_prefix(said, mine));
	g_assert_cmpint(lock_board(b, "runs/y", &error), ==, -1);
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	g_assert_nonnull(strstr(error->message, "board b is in use by process "));
	g_assert_nonnull(strstr(error->message, "for runs/x, since"));
	close(fd);
	fd = lock_board(b, "runs/y", NULL);
	g_assert_cmpint(fd, >=, 0);
	close(fd);
}

/* A holder that dies gives the board back, whatever stands in the file. */
static void test_dead_holder(void)
{
	g_autoptr(board) b = board_with("dead.lock");
	int fd, status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(lock_board(b, "a much longer name of a run than that which comes next", NULL) < 0);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
	fd = lock_board(b, "r", NULL);
	g_assert_cmpint(fd, >=, 0);
	close(fd);
}

static void test_hostile_words(void)
{
	g_autoptr(board) b = board_with("words.lock");
	g_autofree char *long_text = g_strnfill(5000, 'x');
	g_autofree char *text = g_strconcat("\033[2Jan evil holder ", long_text, NULL);
	g_autoptr(GError) error = NULL;
	int fd = lock_board(b, "r", NULL), other = open(b->lock, O_WRONLY | O_TRUNC);

	g_assert_cmpint(write(other, text, strlen(text)), >, 0);
	g_assert_cmpint(lock_board(b, "r", &error), ==, -1);
	g_assert_null(strchr(error->message, '\033'));
	g_assert_nonnull(strstr(error->message, "[2Jan evil holder"));
	g_assert_cmpuint(strlen(error->message), <, 600);
	close(other);
	close(fd);
}

static void test_no_place(void)
{
	g_autoptr(board) nowhere = board_with("/proc/nowhere/b.lock");
	g_autoptr(board) folder = board_with(".");
	g_autoptr(board) linked = board_with("link.lock");
	g_autofree char *target = g_build_filename(dir, "target", NULL);
	struct board *const all[] = { nowhere, folder, linked };

	g_assert_cmpint(symlink(target, linked->lock), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_cmpint(lock_board(all[i], "r", &error), ==, -1);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	}
	g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
}

static void test_shared_folder(void)
{
	g_autoptr(board) b = board_with("open/boards/b.lock");
	g_autofree char *open_dir = g_build_filename(dir, "open", NULL);
	g_autofree char *boards = g_build_filename(open_dir, "boards", NULL);
	struct stat info;
	int fd;

	g_assert_cmpint(g_mkdir(open_dir, 0777), ==, 0);
	g_assert_cmpint(chmod(open_dir, 01777), ==, 0);
	fd = lock_board(b, "r", NULL);
	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(stat(boards, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 07777, ==, 01777);
	g_assert_cmpint(fstat(fd, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 07777, ==, 0666);
	close(fd);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	dir = g_dir_make_tmp("test-lock-XXXXXX", NULL);
	g_test_add_func("/board-lock/held", test_held);
	g_test_add_func("/board-lock/dead-holder", test_dead_holder);
	g_test_add_func("/board-lock/hostile-words", test_hostile_words);
	g_test_add_func("/board-lock/no-place", test_no_place);
	g_test_add_func("/board-lock/shared-folder", test_shared_folder);
	status = g_test_run();
	g_assert_true(path_remove_tree(dir, NULL));
	g_free(dir);
	return status;
}
