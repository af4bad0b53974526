// SPDX-License-Identifier: GPL-2.0-only
#include "run.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "fields.h"
#include "journal.h"
#include "load-line.h"
#include "machines.h"
#include "plan/plan-machine.h"
#include "run-trace-read.h"

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

static GArray *read_workers(struct fields *f)
{
	const json_t *list = json_object_get(f->record, "workers_us");
	GArray *times = g_array_new(FALSE, FALSE, sizeof(double));
	const json_t *value;
	size_t i;

	if (json_array_size(list) < 1 || json_array_size(list) > WORKERS_MAX)
		fields_refuse(f, "workers_us", "a list of 1 to 65535 times");
	json_array_foreach((json_t *)list, i, value) {
		double time = fields_time(f, value, "workers_us");

		g_array_append_val(times, time);
	}
	return times;
}

char *run_name(const struct run *r, const char *text)
{
	return g_string_chunk_insert_const(r->names, text);
}

/* The texts of loads are run_name()s: the same ones are the same pointers. */
static guint place_hash(gconstpointer data)
{
	const struct run_load *load = data;

	return g_direct_hash(load->arm) * 31 + g_direct_hash(load->cell);
}

static gboolean place_equal(gconstpointer a, gconstpointer b)
{
	const struct run_load *first = a, *second = b;

	return first->arm == second->arm && first->cell == second->cell;
}

static guint load_hash(gconstpointer data)
{
	const struct run_load *load = data;

	return (g_direct_hash(load->boot) * 31 + g_direct_hash(load->cell)) * 31 + load->load * 4 + load->probe;
}

static gboolean load_equal(gconstpointer a, gconstpointer b)
{
	const struct run_load *first = a, *second = b;

	return first->boot == second->boot && first->cell == second->cell && first->load == second->load &&
	       first->probe == second->probe;
}

void run_add_load(struct run *r, struct run_load *load)
{
	GPtrArray *loads;

	if (load->probe != RUN_PROBE_NONE) {
		g_ptr_array_add(r->traced_loads, load);
		return;
	}
	g_ptr_array_add(r->loads, load);
	loads = g_hash_table_lookup(r->loads_of_place, load);
	if (!loads) {
		loads = g_ptr_array_new();
		g_hash_table_insert(r->loads_of_place, load, loads);
	}
	g_ptr_array_add(loads, load);
}

static guint boot_hash(gconstpointer data)
{
	const struct run_load *load = data;

	return g_direct_hash(load->boot) * 31 + g_direct_hash(load->cell);
}

static gboolean boot_equal(gconstpointer a, gconstpointer b)
{
	const struct run_load *first = a, *second = b;

	return first->boot == second->boot && first->cell == second->cell;
}

void run_add_setup(struct run *r, struct run_load *load)
{
	GPtrArray *loads = g_hash_table_lookup(r->setups, load);

	if (!loads) {
		loads = g_ptr_array_new_with_free_func(load_free);
		g_hash_table_insert(r->setups, load, loads);
	}
	g_ptr_array_add(loads, load);
}

/* A load that counted twice would make a boot look complete. */
static void refuse_repeated(struct fields *f, const struct run_load *load)
{
	const char *probe = run_probe_name(load->probe);
	g_autofree char *identity =
		g_strdup_printf("load %u of %s in the boot %s%s%s%s", load->load, load->cell, load->boot,
				probe ? " (probe " : "", probe ? probe : "", probe ? ")" : "");

	fields_refuse_repeated(f, identity);
}

/* Takes @load, for @add. */
static void finish_load(struct fields *f, struct run *r, struct run_load *load,
			void (*add)(struct run *r, struct run_load *load))
{
	if (f->ok && !g_hash_table_add(r->known_loads, load))
		refuse_repeated(f, load);
	if (f->ok)
		add(r, load);
	else
		load_free(load);
}

static char *read_name(struct fields *f, struct run *r, const char *key)
{
	g_autofree char *text = fields_text(f, key);

	return text ? run_name(r, text) : NULL;
}

static struct run_load *read_times(struct fields *f, struct run *r)
{
	struct run_load *load = g_new0(struct run_load, 1);
	const char *clocksource;

	load->block = fields_count(f, "block");
	load->arm = read_name(f, r, "arm");
	load->boot = read_name(f, r, "boot");
	load->cell = read_name(f, r, "cell");
	load->load = fields_count(f, "load");
	load->workers_us = read_workers(f);
	load->wall_us = fields_time(f, json_object_get(f->record, "wall_us"), "wall_us");
	clocksource = json_text(f->record, "clocksource");
	load->clocksource = clocksource ? run_name(r, clocksource) : NULL;
	return load;
}

static void read_load(struct fields *f, struct run *r)
{
	struct run_load *load = read_times(f, r);

	if (json_object_get(f->record, "probe"))
		load->probe = run_probe_read(f, "probe");
	finish_load(f, r, load, run_add_load);
}

static void read_setup(struct fields *f, struct run *r)
{
	finish_load(f, r, read_times(f, r), run_add_setup);
}

static enum run_class read_class(struct fields *f)
{
	const char *name = json_text(f->record, "class");

	for (size_t i = 0; name && i < G_N_ELEMENTS(class_names); i++) {
		if (!strcmp(class_names[i], name))
			return i;
	}
	fields_refuse(f, "class", "ok, infra, kernel or test");
	return RUN_INFRA;
}

static void read_boot_start(struct fields *f, struct run *r)
{
	struct run_boot_start *start = g_new0(struct run_boot_start, 1);

	start->block = fields_count(f, "block");
	start->arm = fields_text(f, "arm");
	start->boot = fields_text(f, "boot");
	start->traced = json_is_true(json_object_get(f->record, "traced"));
	g_ptr_array_add(r->starts, start);
}

/* What a time costs is no figure of the run: a journal without is as good. */
static double read_seconds(const struct fields *f, const char *key)
{
	const json_t *value = json_object_get(f->record, key);

	return json_is_number(value) && json_number_value(value) >= 0 ? json_number_value(value) : NAN;
}

static void read_boot(struct fields *f, struct run *r)
{
	struct run_boot_end *end;

	if (!g_strcmp0(json_text(f->record, "event"), "start"))
		read_boot_start(f, r);
	if (g_strcmp0(json_text(f->record, "event"), "end"))
		return;
	end = g_new0(struct run_boot_end, 1);
	end->block = fields_count(f, "block");
	end->arm = fields_text(f, "arm");
	end->boot = fields_text(f, "boot");
	end->class = read_class(f);
	end->why = g_strdup(json_text(f->record, "why"));
	end->traced = json_is_true(json_object_get(f->record, "traced"));
	end->boot_s = read_seconds(f, "boot_s");
	end->loads_s = read_seconds(f, "loads_s");
	end->shutdown_s = read_seconds(f, "shutdown_s");
	g_ptr_array_add(r->ends, end);
}

static void read_splat(struct fields *f, struct run *r)
{
	struct run_splat *splat = g_new0(struct run_splat, 1);

	splat->arm = fields_text(f, "arm");
	splat->boot = fields_text(f, "boot");
	splat->cell = g_strdup(json_text(f->record, "cell"));
	splat->kind = fields_text(f, "kind");
	splat->text = fields_text(f, "text");
	g_ptr_array_add(r->splats, splat);
}

/* Kinds that a later version writes beside these are left alone: they do not change what these mean. */
static const struct {
	const char *kind;
	void (*read)(struct fields *f, struct run *r);
} record_kinds[] = {
	{ "load", read_load },
	{ "setup", read_setup },
	{ "boot", read_boot },
	{ "splat", read_splat },
	{ "trace", run_trace_read },
	{ "hist", run_hist_read },
	{ "calls", run_calls_read },
	{ "lock", run_lock_read },
	{ "events", run_events_read },
	{ "memory", run_memory_read },
	{ "profile", run_profile_read },
	{ "samples", run_samples_read },
};

/* What each_line() needs of its caller. */
struct reading {
	struct run *run;
	const char *path;
	GHashTable *seen;
	GArray *workers_us;		/* of the line at hand */
};

static void read_record(struct fields *f, struct run *r)
{
	for (size_t i = 0; i < G_N_ELEMENTS(record_kinds); i++) {
		if (!strcmp(record_kinds[i].kind, json_text(f->record, "t")))
			record_kinds[i].read(f, r);
	}
}

/* Looking up a name costs more than seeing that it is that of the load before. */
static char *same_name(struct run *r, char *before, const char *text)
{
	return before && !strcmp(before, text) ? before : run_name(r, text);
}

static void read_load_line(struct fields *f, struct run *r, const struct load_line *line)
{
	const struct run_load none = { 0 };
	const struct run_load *before = r->loads->len ? r->loads->pdata[r->loads->len - 1] : &none;
	struct run_load *load = g_new0(struct run_load, 1);

	load->block = line->block;
	load->arm = same_name(r, before->arm, line->arm);
	load->boot = same_name(r, before->boot, line->boot);
	load->cell = same_name(r, before->cell, line->cell);
	load->load = line->load;
	load->workers_us = g_array_sized_new(FALSE, FALSE, sizeof(double), line->workers_us->len);
	g_array_append_vals(load->workers_us, line->workers_us->data, line->workers_us->len);
	load->wall_us = line->wall_us;
	load->clocksource = line->clocksource ? same_name(r, before->clocksource, line->clocksource) : NULL;
	finish_load(f, r, load, run_add_load);
}

static bool each_line(char *text, size_t length, guint line, void *data, GError **error)
{
	struct reading *reading = data;
	struct load_line load = { .workers_us = reading->workers_us };
	struct fields f = { NULL, reading->path, line, reading->seen, error, true };
	g_autojson record = NULL;

	if (load_line_parse(text, length, &load)) {
		read_load_line(&f, reading->run, &load);
		return f.ok;
	}
	f.record = record = journal_parse(reading->path, line, text, length, error);
	if (!record)
		return false;
	read_record(&f, reading->run);
	return f.ok;
}

/* Arms that have failed before anything was booted. */
static bool read_unbuilt(struct run *r, GError **error)
{
	const json_t *arms = json_object_get(r->manifest, "arms");
	const json_t *arm;
	size_t i;

	json_array_foreach((json_t *)arms, i, arm) {
		const json_t *unbuilt = json_object_get(arm, RUN_UNBUILT);
		const char *name = json_text(arm, "name"), *why = json_text(unbuilt, "why");
		struct run_boot_end *end;

		if (!unbuilt)
			continue;
		if (!name || !why) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
				    "%s/manifest.json: an arm without a kernel needs its \"name\" and \"why\"",
				    r->dir);
			return false;
		}
		end = g_new0(struct run_boot_end, 1);
		end->arm = g_strdup(name);
		end->class = RUN_KERNEL;
		end->why = g_strdup(why);
		g_ptr_array_add(r->unbuilt, end);
	}
	return true;
}

/* What of the plan does not stand in its text. */
static struct plan_frozen read_frozen(const json_t *manifest)
{
	const json_t *target = json_object_get(manifest, "target");

	return (struct plan_frozen){
		.target = { .machine = json_text(target, "machine"), .arch = json_text(target, "arch") },
		.series = json_object_get(manifest, "series"),
	};
}

static bool refuse_board(const struct run *r, bool expected, GError **error)
{
	g_autofree char *known = plan_machine_arches();

	if (expected)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "%s/manifest.json: the plan runs on a board: expected \"board\" with its \"arch\", "
			    "one of %s, and \"cpus\", 1 to %d",
			    r->dir, known, PLAN_BOARD_CPUS_MAX);
	else
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "%s/manifest.json: there is a \"board\", and the plan runs on none", r->dir);
	return false;
}

/* What a board said of itself: its plan has neither architecture nor CPUs; that of QEMU has its own. */
static bool take_board(struct run *r, GError **error)
{
	bool expected = plan_machine_is_board(&r->plan->machine);
	const json_t *board = json_object_get(r->manifest, "board");
	const char *arch = json_text(board, "arch");
	gint64 cpus = json_count(board, "cpus", 0);

	if (!expected && !board)
		return true;
	if (!expected || !plan_machine_knows_arch(arch) || cpus < 1 || cpus > PLAN_BOARD_CPUS_MAX)
		return refuse_board(r, expected, error);
	plan_set_board(r->plan, arch, (unsigned int)cpus);
	return true;
}

static bool read_soak(struct run *r, GError **error)
{
	const json_t *soak = json_object_get(r->manifest, "soak");
	gint64 for_s = json_count(soak, "for_s", 0);

	r->soak_s = (unsigned int)for_s;
	if (!soak || (for_s >= 1 && for_s <= RUN_SOAK_MAX_S))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s/manifest.json: \"soak\" needs \"for_s\", 1 to %d seconds", r->dir, RUN_SOAK_MAX_S);
	return false;
}

static bool read_manifest(struct run *r, GError **error)
{
	const char *kind, *text, *name;
	const json_t *frozen;
	struct plan_frozen kept;

	r->manifest = journal_manifest(r->dir, error);
	if (!r->manifest)
		return false;
	kind = json_text(r->manifest, "kind");
	if (!g_strcmp0(kind, MACHINES_KIND)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s holds the runs of several machines, a folder for each; name one of them",
			    r->dir);
		return false;
	}
	if (kind) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is the folder of `vmapbench %s`, not the run of a plan", r->dir, kind);
		return false;
	}
	frozen = json_object_get(r->manifest, "plan");
	text = json_text(frozen, "text");
	name = json_text(frozen, "path");
	if (!text || !name) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "%s/manifest.json: \"plan\" with its \"text\" and \"path\" is missing", r->dir);
		return false;
	}
	kept = read_frozen(r->manifest);
	r->plan = plan_parse_manifest(text, name, &kept, error);
	if (!r->plan)
		return false;
	return take_board(r, error) && read_soak(r, error) && read_unbuilt(r, error);
}

struct run *run_new(const char *dir)
{
	struct run *r = g_new0(struct run, 1);

	r->dir = g_strdup(dir);
	r->names = g_string_chunk_new(4096);
	r->loads = g_ptr_array_new_with_free_func(load_free);
	r->loads_of_place =
		g_hash_table_new_full(place_hash, place_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	r->setups = g_hash_table_new_full(boot_hash, boot_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	r->starts = g_ptr_array_new_with_free_func(start_free);
	r->ends = g_ptr_array_new_with_free_func(end_free);
	r->unbuilt = g_ptr_array_new_with_free_func(end_free);
	r->splats = g_ptr_array_new_with_free_func(splat_free);
	r->traced_loads = g_ptr_array_new_with_free_func(load_free);
	r->traces = g_ptr_array_new_with_free_func(run_trace_free);
	r->hists = g_ptr_array_new_with_free_func(run_hist_free);
	r->calls = g_ptr_array_new_with_free_func(run_calls_free);
	r->locks = g_ptr_array_new_with_free_func(run_lock_free);
	r->events = g_ptr_array_new_with_free_func(run_events_free);
	r->memories = g_ptr_array_new_with_free_func(run_memory_free);
	r->profiles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, run_profile_free);
	r->samples = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, run_samples_free);
	return r;
}

static bool read_journal(struct run *r, GError **error)
{
	g_autofree char *path = g_build_filename(r->dir, "journal.jsonl", NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GArray) workers_us = g_array_new(FALSE, FALSE, sizeof(double));
	struct reading reading = { r, path, seen, workers_us };
	bool ok;

	r->known_loads = g_hash_table_new(load_hash, load_equal);
	ok = journal_read_lines(path, each_line, &reading, &r->torn, error);
	g_clear_pointer(&r->known_loads, g_hash_table_unref);
	return ok;
}

struct run *run_read(const char *dir, GError **error)
{
	g_autoptr(run) r = run_new(dir);

	if (!read_manifest(r, error) || !read_journal(r, error))
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
	g_clear_pointer(&r->loads_of_place, g_hash_table_unref);
	g_clear_pointer(&r->loads, g_ptr_array_unref);
	g_clear_pointer(&r->setups, g_hash_table_unref);
	g_clear_pointer(&r->starts, g_ptr_array_unref);
	g_clear_pointer(&r->ends, g_ptr_array_unref);
	g_clear_pointer(&r->unbuilt, g_ptr_array_unref);
	g_clear_pointer(&r->splats, g_ptr_array_unref);
	g_clear_pointer(&r->traced_loads, g_ptr_array_unref);
	g_clear_pointer(&r->traces, g_ptr_array_unref);
	g_clear_pointer(&r->hists, g_ptr_array_unref);
	g_clear_pointer(&r->calls, g_ptr_array_unref);
	g_clear_pointer(&r->locks, g_ptr_array_unref);
	g_clear_pointer(&r->events, g_ptr_array_unref);
	g_clear_pointer(&r->memories, g_ptr_array_unref);
	g_clear_pointer(&r->profiles, g_hash_table_unref);
	g_clear_pointer(&r->samples, g_hash_table_unref);
	g_string_chunk_free(r->names);
	g_free(r);
}

bool run_boot_has_splat(const struct run *r, const char *boot, const char *cell)
{
	for (guint i = 0; i < r->splats->len; i++) {
		const struct run_splat *splat = r->splats->pdata[i];

		if (!strcmp(splat->boot, boot) && (!splat->cell || !strcmp(splat->cell, cell)))
			return true;
	}
	return false;
}

const GPtrArray *run_setup_loads(const struct run *r, const char *boot, const char *cell)
{
	const struct run_load place = { .boot = run_name(r, boot), .cell = run_name(r, cell) };

	return g_hash_table_lookup(r->setups, &place);
}

static bool has_setup(const struct run *r, const char *boot, const char *cell)
{
	const GPtrArray *loads = r->plan->subtract_setup ? run_setup_loads(r, boot, cell) : NULL;

	return !r->plan->subtract_setup || (loads && loads->len >= r->plan->design.loads);
}

/* Whether that many loads, and those of one loop that belong to them, make a figure. */
static bool is_complete(const struct run *r, const char *boot, const char *cell, guint loads)
{
	return loads >= r->plan->design.loads && has_setup(r, boot, cell) && !run_boot_has_splat(r, boot, cell);
}

/* The loads of @arm and @cell, an array for each boot, in the order of the boots' first loads. */
static GPtrArray *loads_by_boot(const struct run *r, const char *arm, const char *cell)
{
	const struct run_load place = { .arm = run_name(r, arm), .cell = run_name(r, cell) };
	const GPtrArray *of_place = g_hash_table_lookup(r->loads_of_place, &place);
	GPtrArray *boots = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GHashTable) by_name = g_hash_table_new(NULL, NULL);

	for (guint i = 0; of_place && i < of_place->len; i++) {
		struct run_load *load = of_place->pdata[i];
		GPtrArray *loads = g_hash_table_lookup(by_name, load->boot);

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
	return is_complete(r, boot, cell, loads);
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

		if (!is_complete(r, boot_of(loads), cell, loads->len))
			continue;
		if (g_hash_table_add(blocks, GUINT_TO_POINTER(block_of(loads))))
			g_ptr_array_add(complete, g_ptr_array_ref(loads));
	}
	g_ptr_array_sort(complete, compare_blocks);
	return complete;
}

bool run_find_failure(const struct run *r, const char *arm, bool traced, const struct run_boot_end **ret_end)
{
	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];

		if ((end->class != RUN_KERNEL && end->class != RUN_TEST) || end->traced != traced ||
		    strcmp(end->arm, arm))
			continue;
		if (ret_end)
			*ret_end = end;
		return true;
	}
	return false;
}

static const struct run_boot_end *find_unbuilt(const struct run *r, const char *arm)
{
	for (guint i = 0; i < r->unbuilt->len; i++) {
		const struct run_boot_end *end = r->unbuilt->pdata[i];

		if (!strcmp(end->arm, arm))
			return end;
	}
	return NULL;
}

bool run_arm_failed(const struct run *r, const char *arm, const struct run_boot_end **ret_end)
{
	const struct run_boot_end *unbuilt = find_unbuilt(r, arm);

	if (unbuilt && ret_end)
		*ret_end = unbuilt;
	return unbuilt || run_find_failure(r, arm, false, ret_end);
}

bool run_is_counted(const struct run *r)
{
	return !g_strcmp0(json_text(r->manifest, "accel"), "counted");
}

const char *run_unit(const struct run *r)
{
	return run_is_counted(r) ? "instructions/1000" : "us";
}
