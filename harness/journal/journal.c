// SPDX-License-Identifier: GPL-2.0-only
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"

typedef FILE lines_file;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(lines_file, fclose)

struct journal {
	char *path;
	int fd;
	off_t end;		/* of the last whole record */
};

static bool set_io_error(const char *path, const char *doing, GError **error)
{
	const char *advice = errno == ENOSPC ? "; free some space; a sweep goes on with --resume" : "";

	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot %s: %s%s", path, doing,
		    g_strerror(errno), advice);
	return false;
}

/* The offset behind the last newline; -1 on an I/O error. */
static off_t end_of_last_line(int fd, off_t size)
{
	char buffer[4096];

	while (size > 0) {
		off_t start = MAX(size - (off_t)sizeof(buffer), 0);
		ssize_t got = pread(fd, buffer, size - start, start);
		const char *newline;

		if (got != size - start)
			return -1;
		newline = memrchr(buffer, '\n', got);
		if (newline)
			return start + (newline - buffer) + 1;
		size = start;
	}
	return 0;
}

static bool cut_torn_line(struct journal *j, bool *ret_torn, GError **error)
{
	struct stat info;

	if (fstat(j->fd, &info) < 0)
		return set_io_error(j->path, "read it", error);
	j->end = end_of_last_line(j->fd, info.st_size);
	if (j->end < 0)
		return set_io_error(j->path, "read it", error);
	if (ret_torn)
		*ret_torn = j->end != info.st_size;
	if (j->end != info.st_size && ftruncate(j->fd, j->end) < 0)
		return set_io_error(j->path, "cut off its torn last line", error);
	return true;
}

/* Two that append would overwrite each other's records. The lock ends with the descriptor. */
static bool lock(const struct journal *j, GError **error)
{
	if (flock(j->fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return set_io_error(j->path, "lock this journal", error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s: another vmapbench is writing this journal; wait for its end, or stop it", j->path);
	return false;
}

/* A new file is on the disk only when its folder is. */
static bool sync_folder(const char *path, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		set_io_error(dir, "sync this folder", error);
	if (fd >= 0)
		close(fd);
	return ok;
}

struct journal *journal_open(const char *path, bool *ret_torn, GError **error)
{
	g_autoptr(journal) j = g_new0(struct journal, 1);

	j->path = g_strdup(path);
	j->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (j->fd < 0) {
		set_io_error(path, "open this journal", error);
		return NULL;
	}
	if (!lock(j, error) || !cut_torn_line(j, ret_torn, error) || !sync_folder(path, error))
		return NULL;
	return g_steal_pointer(&j);
}

static bool write_all(int fd, const char *bytes, size_t length, off_t offset)
{
	while (length > 0) {
		ssize_t wrote = pwrite(fd, bytes, length, offset);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		bytes += wrote;
		offset += wrote;
		length -= wrote;
	}
	return true;
}

static bool add_line(const struct journal *j, GString *lines, const json_t *record, GError **error)
{
	g_autojson with_version = json_pack("{s:i}", "v", JOURNAL_VERSION);
	g_autofree char *text = NULL;

	if (!record) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "%s: a record cannot be written as JSON: some text in it is not UTF-8", j->path);
		return false;
	}
	json_object_update(with_version, (json_t *)record);
	text = json_line(with_version);
	g_string_append_printf(lines, "%s\n", text);
	return true;
}

static bool append_lines(struct journal *j, const GString *lines, GError **error)
{
	if (!write_all(j->fd, lines->str, lines->len, j->end) || fsync(j->fd) < 0) {
		set_io_error(j->path, "write this journal", error);
		if (ftruncate(j->fd, j->end) < 0)
			g_prefix_error(error, "(and half a line could not be cut off) ");
		return false;
	}
	j->end += lines->len;
	return true;
}

bool journal_append(struct journal *j, json_t *record, GError **error)
{
	g_autojson owned = record;
	g_autoptr(GString) line = g_string_new(NULL);

	return add_line(j, line, owned, error) && append_lines(j, line, error);
}

bool journal_append_all(struct journal *j, const json_t *records, GError **error)
{
	g_autoptr(GString) lines = g_string_new(NULL);

	for (size_t i = 0; i < json_array_size(records); i++) {
		if (!add_line(j, lines, json_array_get(records, i), error))
			return false;
	}
	return append_lines(j, lines, error);
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	if (j->fd >= 0)
		close(j->fd);
	g_free(j->path);
	g_free(j);
}

json_t *journal_parse(const char *path, guint line, const char *text, size_t length, GError **error)
{
	json_error_t reason;
	g_autojson record = json_loadb(text, length, JSON_REJECT_DUPLICATES, &reason);
	json_int_t version;

	if (!json_is_object(record)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "%s:%u: not a record: %s; the journal was changed by hand, or the disk lies", path,
			    line, record ? "no JSON object" : reason.text);
		return NULL;
	}
	version = json_integer_value(json_object_get(record, "v"));
	if (version >= 1 && version <= JOURNAL_VERSION && json_text(record, "t"))
		return json_incref(record);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    version > JOURNAL_VERSION
			    ? "%s:%u: record version %" JSON_INTEGER_FORMAT
			      " is newer than this program reads (%d); use a newer vmapbench"
			    : "%s:%u: record version %" JSON_INTEGER_FORMAT
			      ", or its kind `t`, is missing or wrong; this program reads versions up to %d",
		    path, line, version, JOURNAL_VERSION);
	return NULL;
}

bool journal_read_lines(const char *path,
			bool (*each)(char *text, size_t length, guint line, void *data, GError **error),
			void *data, bool *ret_torn, GError **error)
{
	g_autoptr(lines_file) file = fopen(path, "re");
	g_autofree char *text = NULL;
	bool torn = false, ok = file != NULL;
	size_t room = 0;
	ssize_t length;

	for (guint line = 1; ok && (length = getline(&text, &room, file)) > 0; line++) {
		torn = text[length - 1] != '\n';
		if (!torn && !each(text, length - 1, line, data, error))
			return false;
	}
	ok = ok && !ferror(file);
	if (!ok)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "cannot read the journal: %s: %s", path,
			    g_strerror(errno));
	if (ret_torn)
		*ret_torn = torn;
	return ok;
}

/* What each_line() needs of its caller. */
struct record_reading {
	const char *path;
	bool (*each)(const json_t *record, guint line, void *data, GError **error);
	void *data;
};

static bool each_line(char *text, size_t length, guint line, void *data, GError **error)
{
	const struct record_reading *reading = data;
	g_autojson record = journal_parse(reading->path, line, text, length, error);

	return record && reading->each(record, line, reading->data, error);
}

bool journal_read(const char *path, bool (*each)(const json_t *record, guint line, void *data, GError **error),
		  void *data, bool *ret_torn, GError **error)
{
	struct record_reading reading = { path, each, data };

	return journal_read_lines(path, each_line, &reading, ret_torn, error);
}

json_t *journal_manifest(const char *dir, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "manifest.json", NULL);
	g_autojson manifest = json_file_read(path, error);
	gint64 version;

	if (!manifest) {
		g_prefix_error(error, "%s is not the folder of a run: ", dir);
		return NULL;
	}
	version = json_count(manifest, "v", 0);
	if (version <= JOURNAL_VERSION)
		return json_incref(manifest);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s: version %" G_GINT64_FORMAT
		    " is newer than this program reads (%d); use a newer vmapbench",
		    path, version, JOURNAL_VERSION);
	return NULL;
}
