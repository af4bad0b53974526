// SPDX-License-Identifier: GPL-2.0-only
#include "attach-run.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "journal.h"

struct attach_log {
	struct journal *journal;
};

static bool is_taken(const char *dir)
{
	g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);

	return folder ? g_dir_read_name(folder) != NULL : g_file_test(dir, G_FILE_TEST_EXISTS);
}

static bool write_manifest(const char *dir, const json_t *manifest, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "manifest.json", NULL);
	g_autojson whole = json_pack("{s:i, s:s}", "v", JOURNAL_VERSION, "kind", ATTACH_RUN_KIND);

	json_object_update(whole, (json_t *)manifest);
	return json_file_write(path, whole, error);
}

struct attach_log *attach_log_create(const char *dir, const json_t *manifest, const json_t *trace,
				     GError **error)
{
	g_autofree char *path = g_build_filename(dir, "journal.jsonl", NULL);
	g_autoptr(attach_log) l = g_new0(struct attach_log, 1);

	if (is_taken(dir)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s exists already; give another --out",
			    dir);
		return NULL;
	}
	if (!path_make_dirs(dir, error) || !write_manifest(dir, manifest, error))
		return NULL;
	l->journal = journal_open(path, NULL, error);
	if (!l->journal || !journal_append(l->journal, json_deep_copy(trace), error))
		return NULL;
	return g_steal_pointer(&l);
}

json_t *attach_log_sample(const json_t *records, double at_s, bool end)
{
	json_t *closed = json_array();
	json_t *record;
	size_t i;

	json_array_foreach((json_t *)records, i, record) {
		json_t *stamped = json_copy(record);

		json_object_set_new(stamped, "at_s", json_real(at_s));
		json_array_append_new(closed, stamped);
	}
	json_array_append_new(closed, json_pack("{s:s, s:f, s:s, s:I}", "t", "sample", "at_s", at_s, "event",
						end ? "end" : "interval", "records", (json_int_t)i));
	return closed;
}

bool attach_log_append(struct attach_log *l, const json_t *lines, GError **error)
{
	return journal_append_all(l->journal, lines, error);
}

void attach_log_close(struct attach_log *l)
{
	if (!l)
		return;
	journal_close(l->journal);
	g_free(l);
}

struct reading {
	struct attach_run *run;
	const char *path;
	attach_run_each each;
	void *data;
	/* Of which the closing record has not come yet: one to keep, one to become the interval. */
	struct sample *total;
	struct sample *interval;
	guint records;
};

static bool read_trace(struct reading *reading, struct fields *f)
{
	if (reading->run->trace)
		fields_refuse(f, "t", "one trace record, the first");
	else
		reading->run->trace = json_deep_copy(f->record);
	return f->ok;
}

static bool keep_sample(struct reading *reading, GError **error)
{
	struct attach_run *r = reading->run;

	if (r->last && !sample_subtract(reading->interval, r->last, error)) {
		g_prefix_error(error, "%s: ", reading->path);
		return false;
	}
	if (reading->each)
		reading->each(reading->interval, reading->total, reading->data);
	sample_free(r->last);
	r->last = g_steal_pointer(&reading->total);
	g_clear_pointer(&reading->interval, sample_free);
	reading->records = 0;
	return true;
}

static bool close_sample(struct reading *reading, struct fields *f)
{
	g_autofree char *event = fields_text(f, "event");

	if (event && strcmp(event, "interval") && strcmp(event, "end"))
		fields_refuse(f, "event", "interval or end");
	if (fields_count(f, "records") != reading->records || !reading->total)
		fields_refuse(f, "records", "the number of records since the last sample");
	if (reading->run->ended)
		fields_refuse(f, "t", "nothing behind the end");
	if (!f->ok)
		return false;
	reading->run->ended = !strcmp(event, "end");
	return keep_sample(reading, f->error);
}

static bool add_to_sample(struct reading *reading, struct fields *f)
{
	double at_s = fields_time(f, json_object_get(f->record, "at_s"), "at_s");

	if (!reading->total) {
		reading->total = sample_new(at_s);
		reading->interval = sample_new(at_s);
	}
	if (at_s != reading->total->at_s)
		fields_refuse(f, "at_s", "the same in all records of a sample");
	reading->records++;
	return f->ok && sample_add(reading->total, f) && sample_add(reading->interval, f);
}

static bool each_record(const json_t *record, guint line, void *data, GError **error)
{
	struct reading *reading = data;
	struct fields f = { record, reading->path, line, NULL, error, true };
	const char *kind = json_text(record, "t");

	if (!strcmp(kind, "trace"))
		return read_trace(reading, &f);
	if (!strcmp(kind, "sample"))
		return close_sample(reading, &f);
	/* Kinds of later versions have it, too, when they belong to a sample. */
	return !json_object_get(record, "at_s") || add_to_sample(reading, &f);
}

static bool read_journal(struct attach_run *r, attach_run_each each, void *data, GError **error)
{
	g_autofree char *path = g_build_filename(r->dir, "journal.jsonl", NULL);
	struct reading reading = { .run = r, .path = path, .each = each, .data = data };
	bool ok = journal_read(path, each_record, &reading, &r->torn, error);

	r->torn = r->torn || reading.total;
	sample_free(reading.total);
	sample_free(reading.interval);
	if (!ok || r->trace)
		return ok;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s: the trace record is missing: nothing was attached, or the journal was changed by hand",
		    path);
	return false;
}

struct attach_run *attach_run_read(const char *dir, attach_run_each each, void *data, GError **error)
{
	g_autoptr(attach_run) r = g_new0(struct attach_run, 1);

	r->dir = g_strdup(dir);
	r->manifest = journal_manifest(dir, error);
	if (!r->manifest)
		return NULL;
	if (g_strcmp0(json_text(r->manifest, "kind"), ATTACH_RUN_KIND)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is not the folder of `vmapbench attach --out`", dir);
		return NULL;
	}
	return read_journal(r, each, data, error) ? g_steal_pointer(&r) : NULL;
}

void attach_run_free(struct attach_run *r)
{
	if (!r)
		return;
	g_free(r->dir);
	json_decref(r->manifest);
	json_decref(r->trace);
	sample_free(r->last);
	g_free(r);
}

bool attach_run_is(const char *dir)
{
	g_autojson manifest = journal_manifest(dir, NULL);

	return !g_strcmp0(json_text(manifest, "kind"), ATTACH_RUN_KIND);
}
