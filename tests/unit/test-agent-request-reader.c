// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/request-reader.h"
#include "runners/wire.h"

#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

/* A reader of a file with @text. */
static void open_text(struct request_reader *reader, const char *text, size_t length)
{
	g_autofree char *path = NULL;
	int fd = g_file_open_tmp("vmapbench-XXXXXX", &path, NULL);

	g_assert_cmpint(write(fd, text, length), ==, length);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	unlink(path);
	g_assert_true(request_reader_open(reader, fd));
}

static void assert_line(struct request_reader *reader, const char *expected, size_t expected_length)
{
	const char *line;
	size_t length;

	g_assert_cmpint(request_reader_next(reader, &line, &length), ==, REQUEST_READER_LINE);
	g_assert_cmpmem(line, length, expected, expected_length);
}

static void assert_result(struct request_reader *reader, enum request_reader_result result)
{
	const char *line;
	size_t length;

	g_assert_cmpint(request_reader_next(reader, &line, &length), ==, result);
}

/* A torn last line is no request. */
static void test_lines(void)
{
	struct request_reader reader;

	open_text(&reader, "a\n\nb\0c\ntorn", 12);
	assert_line(&reader, "a", 1);
	assert_line(&reader, "", 0);
	assert_line(&reader, "b\0c", 3);
	assert_result(&reader, REQUEST_READER_CLOSED);
	assert_result(&reader, REQUEST_READER_CLOSED);
	request_reader_close(&reader);
}

/* @length counts the newline. The line behind it is read in each case. */
static void try_length(size_t length, enum request_reader_result result)
{
	g_autofree char *text = g_strnfill(length + 2, 'x');
	struct request_reader reader;

	text[length - 1] = '\n';
	text[length + 1] = '\n';
	open_text(&reader, text, length + 2);
	if (result == REQUEST_READER_LINE)
		assert_line(&reader, text, length - 1);
	else
		assert_result(&reader, result);
	assert_line(&reader, "x", 1);
	assert_result(&reader, REQUEST_READER_CLOSED);
	request_reader_close(&reader);
}

static void test_limit(void)
{
	try_length(WIRE_LINE_MAX, REQUEST_READER_LINE);
	try_length(WIRE_LINE_MAX + 1, REQUEST_READER_TOO_LONG);
	try_length(3 * WIRE_LINE_MAX, REQUEST_READER_TOO_LONG);
	try_length(3 * WIRE_LINE_MAX + 1, REQUEST_READER_TOO_LONG);
}

/* The port does not block and gives a line in pieces. */
static void *write_slowly(void *data)
{
	int fd = GPOINTER_TO_INT(data);

	g_assert_cmpint(write(fd, "he", 2), ==, 2);
	g_usleep(20000);
	g_assert_cmpint(write(fd, "llo\n", 4), ==, 4);
	g_usleep(20000);
	close(fd);
	return NULL;
}

static void test_pieces(void)
{
	struct request_reader reader;
	GThread *writer;
	int fds[2];

	g_assert_cmpint(pipe2(fds, O_CLOEXEC | O_NONBLOCK), ==, 0);
	g_assert_true(request_reader_open(&reader, fds[0]));
	writer = g_thread_new("writer", write_slowly, GINT_TO_POINTER(fds[1]));
	assert_line(&reader, "hello", 5);
	assert_result(&reader, REQUEST_READER_CLOSED);
	g_thread_join(writer);
	request_reader_close(&reader);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent/request-reader/lines", test_lines);
	g_test_add_func("/agent/request-reader/limit", test_limit);
	g_test_add_func("/agent/request-reader/pieces", test_pieces);
	return g_test_run();
}
