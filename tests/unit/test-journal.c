// SPDX-License-Identifier: GPL-2.0-only
#include "journal/journal.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"

struct place {
	char *dir;
	char *path;
};

static void place_set_up(struct place *at, gconstpointer unused)
{
	(void)unused;
	at->dir = g_dir_make_tmp("test-journal-XXXXXX", NULL);
	at->path = g_build_filename(at->dir, "journal.jsonl", NULL);
}

static void place_tear_down(struct place *at, gconstpointer unused)
{
	(void)unused;
	g_assert_true(path_remove_tree(at->dir, NULL));
	g_free(at->dir);
	g_free(at->path);
}

static struct journal *open_journal(const char *path, bool *ret_torn)
{
	g_autoptr(GError) error = NULL;
	struct journal *j = journal_open(path, ret_torn, &error);

	g_assert_no_error(error);
	return j;
}

/* A record that a reader can tell from its neighbours; @padding bytes longer than it has to be. */
static json_t *numbered(int number, size_t padding)
{
	g_autofree char *text = g_strnfill(padding, 'x');

	return json_pack("{s:s, s:i, s:s}", "t", "test", "number", number, "text", text);
}

static void append(struct journal *j, int number, size_t padding)
{
	g_autoptr(GError) error = NULL;

	journal_append(j, numbered(number, padding), &error);
	g_assert_no_error(error);
}

static bool count_record(const json_t *record, guint line, void *data, GError **error)
{
	int *count = data;

	(void)error;
	g_assert_cmpint(json_count(record, "number", -1), ==, *count);
	g_assert_cmpint(json_count(record, "v", -1), ==, JOURNAL_VERSION);
	(*count)++;
	g_assert_cmpuint(line, ==, *count);
	return true;
}

/* The number of records, which are numbered from 0. */
static int count_records(const char *path, bool *ret_torn)
{
	g_autoptr(GError) error = NULL;
	int count = 0;

	journal_read(path, count_record, &count, ret_torn, &error);
	g_assert_no_error(error);
	return count;
}

static void test_append_read(struct place *at, gconstpointer unused)
{
	bool torn = true;
	g_autoptr(journal) j = open_journal(at->path, &torn);
	g_autofree char *text = NULL;

	(void)unused;
	g_assert_false(torn);
	for (int i = 0; i < 10; i++) {
		append(j, i, i);
		/* It is there before the next begins. */
		g_assert_cmpint(count_records(at->path, &torn), ==, i + 1);
		g_assert_false(torn);
	}
	g_assert_true(g_file_get_contents(at->path, &text, NULL, NULL));
	g_assert_true(g_str_has_prefix(text, "{\"v\":1,\"t\":\"test\",\"number\":0,\"text\":\"\"}\n"));
}

static void test_empty(struct place *at, gconstpointer unused)
{
	bool torn = true;

	(void)unused;
	journal_close(open_journal(at->path, NULL));
	g_assert_cmpint(count_records(at->path, &torn), ==, 0);
	g_assert_false(torn);
	journal_close(NULL);
}

/* What JSON has to escape comes back as it was; a newline in a text does not end the record. */
static void test_escapes(struct place *at, gconstpointer unused)
{
	g_autoptr(journal) j = open_journal(at->path, NULL);
	g_autoptr(GError) error = NULL;
	json_t *record = numbered(0, 0);

	(void)unused;
	json_object_set_new(record, "text", json_string("two\nlines, \"quotes\", \\, \x01, \xc3\xa4"));
	g_assert_true(journal_append(j, record, &error));
	append(j, 1, 0);
	g_assert_cmpint(count_records(at->path, NULL), ==, 2);
}

/* Resumes a journal of two whole records and, when @torn, some of a third. */
static void assert_resumes(const char *path, bool torn)
{
	bool found = !torn;
	g_autoptr(journal) j = NULL;

	g_assert_cmpint(count_records(path, &found), ==, 2);
	g_assert_cmpint(found, ==, torn);
	j = open_journal(path, &found);
	g_assert_cmpint(found, ==, torn);
	append(j, 2, 5);
	g_assert_cmpint(count_records(path, &found), ==, 3);
	g_assert_false(found);
}

/* A power cut at every byte of the last record; the second time that is longer than what is read at once. */
static void test_torn(struct place *at, gconstpointer unused)
{
	static const size_t paddings[] = { 20, 5000 };

	(void)unused;
	for (size_t p = 0; p < G_N_ELEMENTS(paddings); p++) {
		g_autofree char *whole = NULL;
		struct stat two, three;
		struct journal *j;

		unlink(at->path);
		j = open_journal(at->path, NULL);
		append(j, 0, 20);
		append(j, 1, 20);
		g_assert_cmpint(stat(at->path, &two), ==, 0);
		append(j, 2, paddings[p]);
		g_assert_cmpint(stat(at->path, &three), ==, 0);
		journal_close(j);
		g_assert_true(g_file_get_contents(at->path, &whole, NULL, NULL));
		for (off_t length = two.st_size; length < three.st_size; length += p == 0 ? 1 : 101) {
			g_assert_true(g_file_set_contents(at->path, whole, length, NULL));
			assert_resumes(at->path, length > two.st_size);
		}
	}
}

static const struct {
	const char *lines;
	const char *error;	/* behind the file's name */
	const char *advice;
} broken[] = {
	{ "{\"v\":1,\"t\":\"a\"}\n{\"v\":1,\"t\":\n{\"v\":1,\"t\":\"a\"}\n", ":2: not a record: ",
	  "changed by hand" },
	{ "garbage\n", ":1: not a record: ", "changed by hand" },
	{ "\n", ":1: not a record: ", "" },
	{ "{\"v\":1,\"t\":\"a\"}\n[1]\n", ":2: not a record: no JSON object", "" },
	{ "{\"v\":1,\"t\":\"a\",\"t\":\"b\"}\n", ":1: not a record: duplicate", "" },
	{ "{\"v\":1,\"t\":\"a\"} {\"v\":1,\"t\":\"b\"}\n", ":1: not a record: ", "" },
	{ "{\"v\":1,\"t\":\"\xff\"}\n", ":1: not a record: ", "0xff" },
	{ "{\"v\":2,\"t\":\"a\"}\n", ":1: record version 2 is newer than this program reads (1)",
	  "use a newer vmapbench" },
	{ "{\"v\":0,\"t\":\"a\"}\n", ":1: record version 0", "this program reads versions up to 1" },
	{ "{\"t\":\"a\"}\n", ":1: record version 0, or its kind `t`, is missing or wrong", "" },
	{ "{\"v\":\"1\",\"t\":\"a\"}\n", ":1: record version 0", "" },
	{ "{\"v\":1}\n", ":1: record version 1, or its kind `t`, is missing or wrong", "" },
	{ "{\"v\":1,\"t\":7}\n", ":1: record version 1, or its kind `t`, is missing or wrong", "" },
};

static bool accept(const json_t *record, guint line, void *data, GError **error)
{
	(void)record, (void)line, (void)data, (void)error;
	return true;
}

static void test_broken(struct place *at, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
		g_autofree char *begin = g_strconcat(at->path, broken[i].error, NULL);
		g_autoptr(GError) error = NULL;

		g_assert_true(g_file_set_contents(at->path, broken[i].lines, -1, NULL));
		g_assert_false(journal_read(at->path, accept, NULL, NULL, &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		if (!g_str_has_prefix(error->message, begin) || !strstr(error->message, broken[i].advice))
			g_error("\"%s\" does not begin with \"%s\" or lacks \"%s\"", error->message, begin,
				broken[i].advice);
	}
}

static void test_nul(struct place *at, gconstpointer unused)
{
	static const char line[] = "{\"v\":1,\"t\":\"a\"}\0{\"v\":1,\"t\":\"a\"}\n";
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_true(g_file_set_contents(at->path, line, sizeof(line) - 1, NULL));
	g_assert_false(journal_read(at->path, accept, NULL, NULL, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
}

static bool refuse_third(const json_t *record, guint line, void *data, GError **error)
{
	(void)record, (void)data;
	if (line < 3)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "line %u", line);
	return false;
}

static void test_reader_stops(struct place *at, gconstpointer unused)
{
	g_autoptr(journal) j = open_journal(at->path, NULL);
	g_autoptr(GError) error = NULL;

	(void)unused;
	for (int i = 0; i < 5; i++)
		append(j, i, 0);
	g_assert_false(journal_read(at->path, refuse_third, NULL, NULL, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_cmpstr(error->message, ==, "line 3");
}

static void test_cannot_open(struct place *at, gconstpointer unused)
{
	g_autofree char *path = g_build_filename(at->dir, "nowhere", "journal.jsonl", NULL);
	g_autoptr(GError) open_error = NULL;
	g_autoptr(GError) read_error = NULL;
	g_autoptr(GError) dir_error = NULL;

	(void)unused;
	g_assert_null(journal_open(path, NULL, &open_error));
	g_assert_error(open_error, BENCH_ERROR, BENCH_ERROR_INFRA);
	g_assert_true(g_str_has_prefix(open_error->message, path));
	g_assert_false(journal_read(path, accept, NULL, NULL, &read_error));
	g_assert_nonnull(strstr(read_error->message, path));
	g_assert_null(journal_open(at->dir, NULL, &dir_error));
	g_assert_error(dir_error, BENCH_ERROR, BENCH_ERROR_INFRA);
}

static void test_second_writer(struct place *at, gconstpointer unused)
{
	g_autoptr(journal) j = open_journal(at->path, NULL);
	g_autoptr(GError) error = NULL;

	(void)unused;
	append(j, 0, 0);
	g_assert_null(journal_open(at->path, NULL, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, "another vmapbench"));
	append(j, 1, 0);
	g_clear_pointer(&j, journal_close);
	j = open_journal(at->path, NULL);
	append(j, 2, 0);
	g_assert_cmpint(count_records(at->path, NULL), ==, 3);
}

/* Fills what little room there is; every record but the refused one has to be there, and no half of that. */
static void fill_up(const char *path, const char *advice)
{
	g_autoptr(journal) j = open_journal(path, NULL);
	g_autoptr(GError) error = NULL;
	bool torn = true;
	int count = 0;

	while (count < 1000 && journal_append(j, numbered(count, 700), &error))
		count++;
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	g_assert_true(g_str_has_prefix(error->message, path));
	g_assert_nonnull(strstr(error->message, advice));
	g_assert_cmpint(count, >, 10);
	g_assert_cmpint(count_records(path, &torn), ==, count);
	g_assert_false(torn);
}

static void test_file_too_large(struct place *at, gconstpointer unused)
{
	struct rlimit before, small;

	(void)unused;
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
	small = (struct rlimit){ 10000, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
	fill_up(at->path, "cannot write this journal");
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
	signal(SIGXFSZ, SIG_DFL);
}

/* A full disk of our own: a small tmpfs that nobody else sees and that goes with this process. */
static bool mount_small_disk(const char *dir)
{
	return (unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", dir, "tmpfs", 0, "size=64k") == 0;
}

#define SKIPPED 77

static int child_status(pid_t pid)
{
	int status;

	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_full_disk(struct place *at, gconstpointer unused)
{
	pid_t pid = fork();
	int status;

	(void)unused;
	if (pid == 0) {
		if (!mount_small_disk(at->dir))
			_exit(SKIPPED);
		fill_up(at->path, "No space left on device; free some space; a sweep goes on with --resume");
		_exit(0);
	}
	status = child_status(pid);
	if (status == SKIPPED)
		g_test_skip("no rights to mount a disk of our own");
	else
		g_assert_cmpint(status, ==, 0);
}

/* Appends until it is killed; says after each record that it is safe. */
static void write_for_ever(const char *path, int said_fd, int first)
{
	g_autoptr(journal) j = open_journal(path, NULL);

	for (int i = first;; i++) {
		append(j, i, 50 + i * 37 % 9000);
		if (write(said_fd, &i, sizeof(i)) != sizeof(i))
			_exit(1);
	}
}

/* The number of records that the writer said were safe when it was killed after @life_us. */
static int kill_writer(const char *path, int first, gulong life_us)
{
	int pipe_fds[2], number, said = first;
	pid_t pid;

	g_assert_cmpint(pipe(pipe_fds), ==, 0);
	pid = fork();
	if (pid == 0)
		write_for_ever(path, pipe_fds[1], first);
	close(pipe_fds[1]);
	g_usleep(life_us);
	kill(pid, SIGKILL);
	child_status(pid);
	while (read(pipe_fds[0], &number, sizeof(number)) == sizeof(number))
		said = number + 1;
	close(pipe_fds[0]);
	return said;
}

static void test_killed(struct place *at, gconstpointer unused)
{
	int count = 0, said;

	(void)unused;
	journal_close(open_journal(at->path, NULL));
	for (int i = 0; i < 20; i++) {
		said = kill_writer(at->path, count, g_test_rand_int_range(500, 30000));
		count = count_records(at->path, NULL);
		/* One more may have been written that it could no longer speak of. */
		g_assert_cmpint(count, >=, said);
		g_assert_cmpint(count, <=, said + 1);
	}
	g_assert_cmpint(count, >, 0);
}

static void add(const char *name, void (*test)(struct place *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/journal/", name, NULL);

	g_test_add(path, struct place, NULL, place_set_up, test, place_tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("append-read", test_append_read);
	add("empty", test_empty);
	add("escapes", test_escapes);
	add("torn", test_torn);
	add("broken", test_broken);
	add("nul", test_nul);
	add("reader-stops", test_reader_stops);
	add("cannot-open", test_cannot_open);
	add("second-writer", test_second_writer);
	add("file-too-large", test_file_too_large);
	add("full-disk", test_full_disk);
	add("killed", test_killed);
	return g_test_run();
}
