// SPDX-License-Identifier: GPL-2.0-only
#include "run.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "journal.h"

#define WORKERS_MAX 65535

static const char *const class_names[] = {
	[RUN_OK] = "ok",
	[RUN_INFRA] = "infra",
	[RUN_KERNEL] = "kernel",
	[RUN_TEST] = "test",
};

const char *run_class_name(enum run_class class)
{
	return class_names[class];
}

static void load_free(gpointer data)
{
	struct run_load *load = data;

	g_free(load->arm);
	g_free(load->boot);
	g_free(load->cell);
	g_clear_pointer(&load->workers_us, g_array_unref);
	g_free(load);
}

static void start_free(gpointer data)
{
	struct run_boot_start *start = data;

	g_free(start->arm);
	g_free(start->boot);
	g_free(start);
}

static void end_free(gpointer data)
{
	struct run_boot_end *end = data;

	g_free(end->arm);
	g_free(end->boot);
	g_free(end->why);
	g_free(end);
}

static void splat_free(gpointer data)
{
	struct run_splat *splat = data;

	g_free(splat->arm);
	g_free(splat->boot);
	g_free(splat->cell);
	g_free(splat->kind);
	g_free(splat->text);
	g_free(splat);
}

/* One record on its way into the structs. Reading stops at the first key that is not as it must be. */
struct field_reader {
	const json_t *record;
	const char *path;
	guint line;
	GHashTable *seen;	/* "BOOT CELL LOAD" of the loads so far */
	GError **error;
	bool ok;
};

static void refuse_field(struct field_reader *f, const char *key, const char *expected)
{
	if (f->ok)
		g_set_error(f->error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s:%u: \"%s\": expected %s", f->path, f->line,
			    key, expected);
	f->ok = false;
}

static char *read_text(struct field_reader *f, const char *key)
{
	const char *text = json_text(f->record, key);

	if (!text)
		refuse_field(f, key, "a string");
	return g_strdup(text);
}

static unsigned int read_count(struct field_reader *f, const char *key)
{
	gint64 count = json_count(f->record, key, -1);

	if (count < 0 || count > G_MAXINT32)
		refuse_field(f, key, "a whole number of 0 or more");
	return count;
}

static double read_time(struct field_reader *f, const json_t *value, const char *key)
{
	double time = json_number_value(value);

	if (!json_is_number(value) || !isfinite(time) || time < 0)
		refuse_field(f, key, "a time of 0 or more");
	return time;
}

static GArray *read_workers(struct field_reader *f)
{
	const json_t *list = json_object_get(f->record, "workers_us");
	GArray *times = g_array_new(FALSE, FALSE, sizeof(double));
	const json_t *value;
	size_t i;

	if (json_array_size(list) < 1 || json_array_size(list) > WORKERS_MAX)
		refuse_field(f, "workers_us", "a list of 1 to 65535 times");
	json_array_foreach((json_t *)list, i, value) {
		double time = read_time(f, value, "workers_us");

		g_array_append_val(times, time);
	}
	return times;
}

/* A load that counted twice would make a boot look complete. */
static void refuse_second(struct field_reader *f, const struct run_load *load)
{
	char *key;

	if (!f->ok)
		return;
	key = g_strdup_printf("%s %s %u", load->boot, load->cell, load->load);
	if (!g_hash_table_contains(f->seen, key)) {
		g_hash_table_add(f->seen, key);
		return;
	}
	g_set_error(f->error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s:%u: load %u of %s in the boot %s stands here for the second time; the journal was "
		    "changed by hand",
		    f->path, f->line, load->load, load->cell, load->boot);
	g_free(key);
	f->ok = false;
}

static void read_load(struct field_reader *f, struct run *r)
{
	struct run_load *load = g_new0(struct run_load, 1);

	load->block = read_count(f, "block");
	load->arm = read_text(f, "arm");
	load->boot = read_text(f, "boot");
	load->cell = read_text(f, "cell");
	load->load = read_count(f, "load");
	load->workers_us = read_workers(f);
	load->wall_us = read_time(f, json_object_get(f->record, "wall_us"), "wall_us");
	refuse_second(f, load);
	g_ptr_array_add(r->loads, load);
}

static enum run_class read_class(struct field_reader *f)
{
	const char *name = json_text(f->record, "class");

	for (size_t i = 0; name && i < G_N_ELEMENTS(class_names); i++) {
		if (!strcmp(class_names[i], name))
			return i;
	}
	refuse_field(f, "class", "ok, infra, kernel or test");
	return RUN_INFRA;
}

static void read_boot_start(struct field_reader *f, struct run *r)
{
	struct run_boot_start *start = g_new0(struct run_boot_start, 1);

	start->block = read_count(f, "block");
	start->arm = read_text(f, "arm");
	start->boot = read_text(f, "boot");
	g_ptr_array_add(r->starts, start);
}

static void read_boot(struct field_reader *f, struct run *r)
{
	struct run_boot_end *end;

	if (!g_strcmp0(json_text(f->record, "event"), "start"))
		read_boot_start(f, r);
	if (g_strcmp0(json_text(f->record, "event"), "end"))
		return;
	end = g_new0(struct run_boot_end, 1);
	end->block = read_count(f, "block");
	end->arm = read_text(f, "arm");
	end->boot = read_text(f, "boot");
	end->class = read_class(f);
	end->why = g_strdup(json_text(f->record, "why"));
	g_ptr_array_add(r->ends, end);
}

static void read_splat(struct field_reader *f, struct run *r)
{
	struct run_splat *splat = g_new0(struct run_splat, 1);

	splat->arm = read_text(f, "arm");
	splat->boot = read_text(f, "boot");
	splat->cell = g_strdup(json_text(f->record, "cell"));
	splat->kind = read_text(f, "kind");
	splat->text = read_text(f, "text");
	g_ptr_array_add(r->splats, splat);
}

/* Kinds that a later version writes beside these are left alone: they do not change what these mean. */
static const struct {
	const char *kind;
	void (*read)(struct field_reader *f, struct run *r);
} record_kinds[] = {
	{ "load", read_load },
	{ "boot", read_boot },
	{ "splat", read_splat },
};

/* What each_record() needs of its caller. */
struct reading {
	struct run *run;
	const char *path;
	GHashTable *seen;
};

static bool each_record(const json_t *record, guint line, void *data, GError **error)
{
	struct reading *reading = data;
	struct field_reader f = { record, reading->path, line, reading->seen, error, true };

	for (size_t i = 0; i < G_N_ELEMENTS(record_kinds); i++) {
		if (!strcmp(record_kinds[i].kind, json_text(record, "t")))
			record_kinds[i].read(&f, reading->run);
	}
	return f.ok;
}

static bool read_manifest(struct run *r, GError **error)
{
	g_autofree char *path = g_build_filename(r->dir, "manifest.json", NULL);
	const json_t *frozen;
	const char *text, *name;
	gint64 version;

	r->manifest = json_file_read(path, error);
	if (!r->manifest) {
		g_prefix_error(error, "%s is not the folder of a run: ", r->dir);
		return false;
	}
	version = json_count(r->manifest, "v", 0);
	if (version > JOURNAL_VERSION) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "%s: version %" G_GINT64_FORMAT
			    " is newer than this program reads (%d); use a newer vmapbench",
			    path, version, JOURNAL_VERSION);
		return false;
	}
	frozen = json_object_get(r->manifest, "plan");
	text = json_text(frozen, "text");
	name = json_text(frozen, "path");
	if (!text || !name) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: \"plan\" with its \"text\" and \"path\" is missing",
			    path);
		return false;
	}
	r->plan = plan_parse_frozen(text, name, error);
	return r->plan != NULL;
}

struct run *run_read(const char *dir, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "journal.jsonl", NULL);
	g_autoptr(run) r = g_new0(struct run, 1);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct reading reading = { r, path, seen };

	r->dir = g_strdup(dir);
	r->loads = g_ptr_array_new_with_free_func(load_free);
	r->starts = g_ptr_array_new_with_free_func(start_free);
	r->ends = g_ptr_array_new_with_free_func(end_free);
	r->splats = g_ptr_array_new_with_free_func(splat_free);
	if (!read_manifest(r, error) || !journal_read(path, each_record, &reading, &r->torn, error))
		return NULL;
	return g_steal_pointer(&r);
}

void run_free(struct run *r)
{
	if (!r)
		return;
	g_free(r->dir);
	json_decref(r->manifest);
	plan_free(r->plan);
	g_clear_pointer(&r->loads, g_ptr_array_unref);
	g_clear_pointer(&r->starts, g_ptr_array_unref);
	g_clear_pointer(&r->ends, g_ptr_array_unref);
	g_clear_pointer(&r->splats, g_ptr_array_unref);
	g_free(r);
}

static bool boot_has_splat(const struct run *r, const char *boot, const char *cell)
{
	for (guint i = 0; i < r->splats->len; i++) {
		const struct run_splat *splat = r->splats->pdata[i];

		if (!strcmp(splat->boot, boot) && (!splat->cell || !strcmp(splat->cell, cell)))
			return true;
	}
	return false;
}

/* The loads of @arm and @cell, an array for each boot, in the order of the boots' first loads. */
static GPtrArray *loads_by_boot(const struct run *r, const char *arm, const char *cell)
{
	GPtrArray *boots = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < r->loads->len; i++) {
		struct run_load *load = r->loads->pdata[i];
		GPtrArray *loads;

		if (strcmp(load->arm, arm) || strcmp(load->cell, cell))
			continue;
		loads = g_hash_table_lookup(by_name, load->boot);
		if (!loads) {
			loads = g_ptr_array_new();
			g_hash_table_insert(by_name, load->boot, loads);
			g_ptr_array_add(boots, loads);
		}
		g_ptr_array_add(loads, load);
	}
	return boots;
}

static const char *boot_of(const GPtrArray *loads)
{
	return ((const struct run_load *)loads->pdata[0])->boot;
}

static guint block_of(const GPtrArray *loads)
{
	return ((const struct run_load *)loads->pdata[0])->block;
}

static int compare_blocks(gconstpointer a, gconstpointer b)
{
	guint first = block_of(*(GPtrArray *const *)a), second = block_of(*(GPtrArray *const *)b);

	return (first > second) - (first < second);
}

bool run_boot_has_cell(const struct run *r, const char *boot, const char *cell)
{
	guint loads = 0;

	for (guint i = 0; i < r->loads->len; i++) {
		const struct run_load *load = r->loads->pdata[i];

		loads += !strcmp(load->boot, boot) && !strcmp(load->cell, cell);
	}
	return loads >= r->plan->design.loads && !boot_has_splat(r, boot, cell);
}

const struct run_boot_end *run_find_end(const struct run *r, const char *boot)
{
	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];

		if (!strcmp(end->boot, boot))
			return end;
	}
	return NULL;
}

const struct run_splat *run_find_splat(const struct run *r, const char *boot)
{
	for (guint i = 0; i < r->splats->len; i++) {
		const struct run_splat *splat = r->splats->pdata[i];

		if (!strcmp(splat->boot, boot))
			return splat;
	}
	return NULL;
}

GPtrArray *run_complete_cells(const struct run *r, const char *arm, const char *cell)
{
	GPtrArray *complete = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GPtrArray) boots = loads_by_boot(r, arm, cell);
	g_autoptr(GHashTable) blocks = g_hash_table_new(NULL, NULL);

	for (guint i = boots->len; i > 0; i--) {
		GPtrArray *loads = boots->pdata[i - 1];

		if (loads->len < r->plan->design.loads || boot_has_splat(r, boot_of(loads), cell))
			continue;
		if (g_hash_table_add(blocks, GUINT_TO_POINTER(block_of(loads))))
			g_ptr_array_add(complete, g_ptr_array_ref(loads));
	}
	g_ptr_array_sort(complete, compare_blocks);
	return complete;
}

bool run_arm_failed(const struct run *r, const char *arm, const struct run_boot_end **ret_end)
{
	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];

		if ((end->class != RUN_KERNEL && end->class != RUN_TEST) || strcmp(end->arm, arm))
			continue;
		if (ret_end)
			*ret_end = end;
		return true;
	}
	return false;
}

bool run_is_counted(const struct run *r)
{
	return !g_strcmp0(json_text(r->manifest, "accel"), "counted");
}

const char *run_unit(const struct run *r)
{
	return run_is_counted(r) ? "instructions/1000" : "us";
}
