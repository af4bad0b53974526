// SPDX-License-Identifier: GPL-2.0-only
#include "boot.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "journal/run-profile.h"
#include "journal/run-samples.h"
#include "load.h"
#include "profiler.h"
#include "runners/session.h"
#include "runners/wire.h"

/* One boot on its way. */
struct flight {
	const struct boot_place *place;
	const struct schedule_boot *boot;
	char *name;			/* of this attempt */
	char *console_path;
	char *initramfs_path;		/* where a runner may pack the payload */
	GArray *cells;			/* struct session_cell */
	GArray *payload;		/* struct runner_file, whose texts are in words */
	GPtrArray *words;
	GError *error;			/* of the journal, where it could not be returned */
	struct runner_boot machine;
	struct session_trace trace;	/* of a traced boot */
	struct profiler profiler;		/* empty unless the run has the profiler */
	struct session_sampling sampling;	/* hz is 0 unless the loads are sampled */
};

static void cell_clear(gpointer data)
{
	struct session_cell *cell = data;

	g_free(cell->params);
	g_free(cell->setup_params);
}

static void flight_release(struct flight *f)
{
	g_unlink(f->initramfs_path);
	g_free(f->name);
	g_free(f->console_path);
	g_free(f->initramfs_path);
	g_array_unref(f->cells);
	g_array_unref(f->payload);
	g_ptr_array_unref(f->words);
	g_clear_error(&f->error);
	profiler_release(&f->profiler);
}

static bool add_cell(struct flight *f, const struct plan_row *row, GError **error)
{
	const struct plan *p = f->place->run->plan;
	struct session_cell cell = {
		.name = row->name,
		.test = row->cell->test,
		.drill = load_drill(row),
		.workers = row->threads,
		.loads = p->design.loads,
	};

	if (!cell.drill) {
		cell.params = load_params(f->place->kernel, row, row->cell->loops, error);
		cell.module = load_module(f->place->kernel, row);
		cell.latency = row->cell->latency;
		cell.memory = plan_cell_reads_memory(row->cell);
	}
	if (cell.params && p->subtract_setup)
		cell.setup_params = load_params(f->place->kernel, row, 1, error);
	g_array_append_val(f->cells, cell);
	return cell.drill || cell.params;
}

static bool add_cells(struct flight *f, GError **error)
{
	for (guint i = 0; i < f->boot->rows->len; i++) {
		if (!add_cell(f, f->boot->rows->pdata[i], error))
			return false;
	}
	return true;
}

static unsigned int memory_of(const struct flight *f)
{
	const struct plan_machine *m = &f->place->run->plan->machine;
	unsigned int most = m->memory_mib;

	for (guint i = 0; i < f->boot->rows->len && m->memory_mib == 0; i++)
		most = MAX(most, load_memory_mib(f->boot->rows->pdata[i], m->smp));
	return most;
}

static struct session_trace trace_of(const struct plan *p, const struct schedule_boot *boot)
{
	return (struct session_trace){
		.probes = boot->probes,
		.probes_count = G_N_ELEMENTS(boot->probes),
		.loads = p->trace.loads,
		.latency = p->trace.latency,
		.locks = p->trace.locks,
		.backend = p->trace.backend,
		.source = p->trace.source,
	};
}

/* NULL in a timed boot. */
static const struct session_trace *flight_trace(const struct flight *f)
{
	return f->boot->traced ? &f->trace : NULL;
}

/* Tracing passes are not profiled: what the tracer does would be counted. */
static bool flight_is_profiled(const struct flight *f)
{
	return run_is_profiled(f->place->run) && !f->boot->traced;
}

static json_t *placed_record(const struct flight *f, const char *kind)
{
	return json_pack("{s:s, s:i, s:s, s:s}", "t", kind, "block", (int)f->boot->block, "arm", f->boot->arm,
			 "boot", f->name);
}

/* Nor sampled: what the tracer does would be among it. NULL: no samples. */
static const struct session_sampling *flight_sampling(const struct flight *f)
{
	return f->sampling.hz && !f->boot->traced ? &f->sampling : NULL;
}

/* A step of the board, as it happens. */
static void keep_state(const struct runner_state *state, void *data)
{
	struct flight *f = data;
	json_t *record = placed_record(f, "state");
	json_t *more = json_pack("{s:s, s:s, s:s, s:s?, s:f}", "from", state->from, "to", state->to, "event",
				 state->event, "why", state->why, "at_s", state->at_s);

	json_object_update_new(record, more);
	if (!f->error)
		journal_append(f->place->journal, record, &f->error);
	else
		json_decref(record);
}

static void flight_init(struct flight *f, const struct boot_place *place, const struct schedule_boot *boot,
			unsigned int attempt)
{
	const struct plan *p = place->run->plan;

	*f = (struct flight){ .place = place, .boot = boot, .trace = trace_of(p, boot) };
	run_is_sampled(place->run, &f->sampling.hz);
	f->sampling.event = json_text(json_object_get(place->run->manifest, "samples"), "event");
	f->name = attempt == 0 ? g_strdup(boot->name)
			       : g_strdup_printf("%s%c%u", boot->name, BOOT_ATTEMPT_MARK, attempt);
	f->console_path = g_strdup_printf("%s/console/%s.log", place->run->dir, f->name);
	f->initramfs_path = g_strdup_printf("%s/initramfs.cpio", place->run->dir);
	f->cells = g_array_new(FALSE, FALSE, sizeof(struct session_cell));
	g_array_set_clear_func(f->cells, cell_clear);
	f->payload = g_array_new(FALSE, FALSE, sizeof(struct runner_file));
	f->words = g_ptr_array_new_with_free_func(g_free);
	f->machine = (struct runner_boot){
		.image = place->kernel->image,
		.initramfs = f->initramfs_path,
		.append = plan_find_arm(p, boot->arm)->append,
		.arch = p->machine.arch,
		.accel = json_text(place->run->manifest, "accel"),
		.cpu = p->machine.cpu,
		.smp = p->machine.smp,
		.nodes = p->machine.nodes,
		.memory_mib = memory_of(f),
		.console_path = f->console_path,
		.hold = place->hold,
		.release = json_text(place->kernel->manifest, "release"),
		.build_id = json_text(place->kernel->manifest, "build_id"),
		.on_state = keep_state,
		.data = f,
	};
	if (!flight_is_profiled(f))
		return;
	profiler_init(&f->profiler, place->run, place->kernel);
	f->machine.profile = &f->profiler.runner;
}

static void add_file(struct flight *f, const char *name, const char *source)
{
	const struct runner_file file = { .name = name, .source = source };

	g_array_append_val(f->payload, file);
}

/* @text, owned by the flight. */
static char *keep_word(struct flight *f, char *text)
{
	g_ptr_array_add(f->words, text);
	return text;
}

static void add_agent(struct flight *f)
{
	const struct runner_file file = {
		.name = WIRE_AGENT,
		.program = true,
		.source = keep_word(f, path_agent(f->machine.arch)),
	};

	g_array_append_val(f->payload, file);
}

/* What the agent inserts before it looks for its port. */
static void add_early_modules(struct flight *f)
{
	for (char **module = f->place->kernel->modules; *module; module++) {
		g_autofree char *name = g_path_get_basename(*module);

		add_file(f, keep_word(f, g_build_filename(WIRE_EARLY_PATH + 1, name, NULL)), *module);
	}
}

static bool needs_module(const struct flight *f, const char *name)
{
	for (guint i = 0; i < f->cells->len; i++) {
		if (!g_strcmp0(g_array_index(f->cells, struct session_cell, i).module, name))
			return true;
	}
	return false;
}

/* The agent takes its requests from there. */
static void add_jobs(struct flight *f)
{
	char *jobs = keep_word(f, session_jobs((const struct session_cell *)f->cells->data, f->cells->len,
					       flight_trace(f)));
	const struct runner_file file = { .name = WIRE_JOB_PATH + 1, .data = jobs, .size = strlen(jobs) };

	g_array_append_val(f->payload, file);
}

static void add_payload(struct flight *f)
{
	const struct kernel *k = f->place->kernel;

	add_agent(f);
	if (k->module)
		add_file(f, WIRE_MODULE_TEST ".ko", k->module);
	if (needs_module(f, WIRE_MODULE_LOAD))
		add_file(f, WIRE_MODULE_LOAD ".ko", k->load_module);
	if (needs_module(f, WIRE_MODULE_SOAK))
		add_file(f, WIRE_MODULE_SOAK ".ko", k->soak_module);
	add_early_modules(f);
	if (run_is_counted(f->place->run))
		add_jobs(f);
	f->machine.payload = (const struct runner_file *)f->payload->data;
	f->machine.payload_count = f->payload->len;
}

json_t *boot_record(unsigned int block, const char *arm, const char *name, bool traced, const char *event)
{
	json_t *record = json_pack("{s:s, s:i, s:s, s:s, s:s}", "t", "boot", "block", (int)block, "arm", arm,
				   "boot", name, "event", event);

	if (traced)
		json_object_set_new(record, "traced", json_true());
	return record;
}

static json_t *flight_record(const struct flight *f, const char *event)
{
	return boot_record(f->boot->block, f->boot->arm, f->name, f->boot->traced, event);
}

static bool journal_start(struct flight *f, const struct runner *runner, GError **error)
{
	json_t *record = flight_record(f, "start");
	g_autofree char *command = runner->command(&f->machine);

	json_object_set_new(record, "command", json_string(command));
	return journal_append(f->place->journal, record, error);
}

/* What a record of the agent is in the journal: the loads of one loop come behind the others (session.h). */
static const char *kind_of(const struct flight *f, const struct record *record)
{
	bool setup = record->kind == RECORD_LOAD && !f->boot->traced &&
		     json_count(record->json, "load", 0) >= f->place->run->plan->design.loads;

	return setup ? "setup" : json_text(record->json, "t");
}

/* What the profiler counted of the load that @record is the end of. */
static bool keep_profile(struct flight *f, const struct record *record, GError **error)
{
	g_autojson counts = profiler_next(&f->profiler, error);
	json_t *kept;

	if (!counts)
		return false;
	kept = placed_record(f, "profile");
	json_object_set(kept, "cell", json_object_get(record->json, "cell"));
	json_object_set(kept, "load", json_object_get(record->json, "load"));
	json_object_update_missing(kept, counts);
	return journal_append(f->place->journal, kept, error);
}

/* A record of the agent with its place in the design; a hello becomes the boot's "up". */
static bool keep_record(const struct record *record, void *data, GError **error)
{
	struct flight *f = data;
	json_t *kept = record->kind == RECORD_HELLO
			       ? flight_record(f, "up")
			       : placed_record(f, kind_of(f, record));

	if (record->kind == RECORD_LOAD && f->machine.profile && !keep_profile(f, record, error)) {
		json_decref(kept);
		return false;
	}
	json_object_update_missing(kept, record->json);
	if (!journal_append(f->place->journal, kept, error))
		return false;
	if (record->kind == RECORD_LOAD)
		f->place->on_load(json_text(record->json, "cell"), f->place->data);
	return true;
}

static enum run_class class_of(enum session_class class)
{
	static const enum run_class classes[] = {
		[SESSION_OK] = RUN_OK,	   [SESSION_INFRA] = RUN_INFRA,	      [SESSION_KERNEL] = RUN_KERNEL,
		[SESSION_TEST] = RUN_TEST, [SESSION_INTERRUPTED] = RUN_INFRA,
		[SESSION_REFUSED] = RUN_INFRA,
	};

	return classes[class];
}

static bool journal_end(struct flight *f, const struct session_end *end, GError **error)
{
	json_t *record = flight_record(f, "end");

	json_object_set_new(record, "class", json_string(run_class_name(class_of(end->class))));
	json_object_set_new(record, "why", end->why ? json_string(end->why) : json_null());
	json_object_set_new(record, "cell", end->cell ? json_string(end->cell) : json_null());
	json_object_set_new(record, "boot_s", json_real(end->boot_s));
	json_object_set_new(record, "loads_s", json_real(end->loads_s));
	json_object_set_new(record, "shutdown_s", json_real(end->shutdown_s));
	return journal_append(f->place->journal, record, error);
}

static bool fly(struct flight *f, struct boot_outcome *ret_outcome, GError **error)
{
	const struct plan *p = f->place->run->plan;
	const struct runner *runner = runner_find(p->machine.runner);
	struct session_end end;
	const struct session_spec spec = {
		.runner = runner,
		.boot = &f->machine,
		.cells = (const struct session_cell *)f->cells->data,
		.cells_count = f->cells->len,
		.limits = { p->limits.boot_s, p->limits.silence_s, p->limits.load_s },
		.trace = flight_trace(f),
		.sampling = flight_sampling(f),
		.on_record = keep_record,
		.data = f,
	};

	add_payload(f);
	if (!journal_start(f, runner, error))
		return false;
	if (!session_run(&spec, &end, error))
		return false;
	if (f->error) {
		g_propagate_error(error, g_steal_pointer(&f->error));
		g_free(end.why);
		return false;
	}
	ret_outcome->class = class_of(end.class);
	ret_outcome->refused = end.class == SESSION_REFUSED;
	ret_outcome->why = end.why;
	ret_outcome->guest_s = end.boot_s + end.loads_s + end.shutdown_s;
	return journal_end(f, &end, error);
}

bool boot_run(const struct boot_place *place, const struct schedule_boot *boot, unsigned int attempt,
	      struct boot_outcome *ret_outcome, GError **error)
{
	struct flight f;
	bool ok;

	*ret_outcome = (struct boot_outcome){ .class = RUN_INFRA };
	flight_init(&f, place, boot, attempt);
	ok = add_cells(&f, error) && fly(&f, ret_outcome, error);
	flight_release(&f);
	return ok;
}
