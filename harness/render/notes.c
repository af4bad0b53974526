// SPDX-License-Identifier: GPL-2.0-only
#include "notes.h"

#include <string.h>

#include "base/json.h"
#include "journal/run-trace.h"

#define BUILD_ID_SHOWN 12

GPtrArray *notes_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

void notes_add(GPtrArray *notes, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(notes, g_strdup_vprintf(format, args));
	va_end(args);
}

char *notes_run_name(const struct run *r)
{
	g_autofree char *absolute = g_canonicalize_filename(r->dir, NULL);

	return g_filename_display_basename(absolute);
}

char *notes_accelerator(const struct run *r)
{
	static const struct {
		const char *name, *meaning;
	} kinds[] = {
		{ "tcg", "TCG: emulated time, not silicon" },
		{ "kvm", "KVM: virtualised time" },
		{ "counted", "counted instructions, not time" },
		{ PLAN_ACCEL_BOARD, "board: real time, by its own clock" },
	};
	const char *accel = json_text(r->manifest, "accel");

	for (size_t i = 0; accel && i < G_N_ELEMENTS(kinds); i++) {
		if (!strcmp(kinds[i].name, accel))
			return g_strdup(kinds[i].meaning);
	}
	return g_strdup(accel ? accel : "unknown accelerator");
}

/* "qemu arm64 (cortex-a72)", "board x1e0 (laptop) arm64". Caller frees. */
static char *name_machine(const struct run *r)
{
	const struct plan_machine *m = &r->plan->machine;
	const json_t *board = json_object_get(r->manifest, "board");
	const char *name = json_text(board, "name"), *class = json_text(board, "class"),
		   *cpu = json_text(r->manifest, "cpu"), *arch = m->arch ? m->arch : "?";

	if (board)
		return g_strdup_printf("board %s (%s) %s", name ? name : "?", class ? class : "?", arch);
	cpu = cpu ? cpu : m->cpu;
	return g_strdup_printf("%s %s%s%s%s", m->runner, arch, cpu ? " (" : "", cpu ? cpu : "", cpu ? ")" : "");
}

char *notes_machine(const struct run *r)
{
	const struct plan_machine *m = &r->plan->machine;
	g_autofree char *name = name_machine(r);
	GString *text = g_string_new(NULL);

	if (m->name)
		g_string_append_printf(text, "%s: ", m->name);
	g_string_append(text, name);
	if (m->smp > 0)
		g_string_append_printf(text, ", %u CPU%s", m->smp, m->smp == 1 ? "" : "s");
	return g_string_free(text, FALSE);
}

const json_t *notes_kernel(const struct run *r, const char *name)
{
	const json_t *arms = json_object_get(r->manifest, "arms");
	const json_t *arm;
	size_t i;

	json_array_foreach((json_t *)arms, i, arm) {
		if (!g_strcmp0(json_text(arm, "name"), name))
			return json_object_get(arm, "kernel");
	}
	return NULL;
}

char *notes_clocks(const struct run *r, const char *arm)
{
	g_autoptr(GPtrArray) clocks = g_ptr_array_new();

	for (guint i = 0; i < r->loads->len; i++) {
		const struct run_load *load = r->loads->pdata[i];

		/* Texts of loads are the same pointer when they are the same. */
		if (load->clocksource && !strcmp(load->arm, arm) &&
		    !g_ptr_array_find(clocks, load->clocksource, NULL))
			g_ptr_array_add(clocks, (char *)load->clocksource);
	}
	if (!clocks->len)
		return NULL;
	g_ptr_array_add(clocks, NULL);
	return g_strjoinv(" and ", (char **)clocks->pdata);
}

const char **notes_command(const struct run *r)
{
	const json_t *words = json_object_get(r->manifest, "command");
	size_t count = json_array_size(words);
	const char **argv = g_new0(const char *, count + 1);

	for (size_t i = 0; i < count; i++) {
		argv[i] = json_string_value(json_array_get(words, i));
		if (!argv[i])
			count = 0;
	}
	if (count > 0)
		return argv;
	g_free(argv);
	return NULL;
}

char *notes_heading(const struct comparison *c, const struct comparison_arm *arm)
{
	static const char *const roles[] = {
		[COMPARISON_BASELINE] = "",
		[COMPARISON_CANDIDATE] = "",
		[COMPARISON_AA] = " (A/A: the same kernel)",
		[COMPARISON_LAYOUT] = " (the same source in another layout)",
		[COMPARISON_REBUILD] = " (a candidate in another layout)",
	};
	bool failed = arm->failed || c->baseline->failed;

	return g_strdup_printf("%s against %s%s%s", arm->name, c->baseline->name, roles[arm->role],
			       failed ? ": FAILED" : "");
}

/* What @collector measures when it is @backend, as the tracer put it; NULL when it did not. */
static const char *measures(const struct run *r, const char *collector, const char *backend)
{
	for (guint i = 0; i < r->traces->len; i++) {
		const struct run_trace *trace = r->traces->pdata[i];

		for (guint k = 0; k < trace->collectors->len; k++) {
			const struct run_collector *of = trace->collectors->pdata[k];

			if (!strcmp(of->collector, collector) && !g_strcmp0(of->backend, backend))
				return of->measures;
		}
	}
	return NULL;
}

void notes_add_backends(GPtrArray *notes, const struct comparison *c, const char *collector)
{
	g_autoptr(GPtrArray) backends = run_trace_backends(c->run, collector, NULL);

	for (guint i = 0; i < backends->len; i++) {
		const char *backend = backends->pdata[i], *what = measures(c->run, collector, backend);

		notes_add(notes, "%s: measured by %s%s%s.", collector, backend, what ? ": " : "",
			  what ? what : "");
	}
}

static void add_kernels(GPtrArray *notes, const struct comparison *c)
{
	const struct run_boot_end *end;

	for (unsigned int i = 0; i < c->run->plan->arms_count; i++) {
		const char *name = c->run->plan->arms[i].name;
		const json_t *kernel = notes_kernel(c->run, name);
		const char *release = json_text(kernel, "release"), *build = json_text(kernel, "build_id");

		if (run_arm_failed(c->run, name, &end) && !end->boot)
			continue;
		notes_add(notes, "kernel %s: %s, build %.*s", name, release ? release : "not recorded",
		    BUILD_ID_SHOWN, build ? build : "not recorded");
	}
}

static void add_guests(GPtrArray *notes, const struct comparison *c)
{
	const struct plan_machine *m = &c->run->plan->machine;
	const char *possible = !c->counted ? "" :
			       m->nodes ? " running of 4 possible (vmap nodes and pools)" :
					  " possible (one vmap node)";
	g_autofree char *machine = notes_machine(c->run);
	gint64 seed = json_count(c->run->manifest, "seed", -1);
	guint ends[RUN_TEST + 1] = { 0 };

	for (guint i = 0; i < c->run->ends->len; i++)
		ends[((const struct run_boot_end *)c->run->ends->pdata[i])->class]++;
	notes_add(notes,
		  "machine: %s%s; seed %" G_GUINT64_FORMAT "; boots: %u ok, %u infra, %u kernel, %u test.",
		  machine, possible, seed < 0 ? c->run->plan->design.seed : (guint64)seed, ends[RUN_OK],
		  ends[RUN_INFRA], ends[RUN_KERNEL], ends[RUN_TEST]);
}

/* What the guests ran on, and what built them: the same for all arms, or they would not stand in one table. */
static void add_host(GPtrArray *notes, const struct comparison *c)
{
	const json_t *host = json_object_get(c->run->manifest, "host");
	const json_t *tools = json_object_get(notes_kernel(c->run, c->baseline->name), "tools");
	const char *cpu = json_text(host, "cpu"), *kernel = json_text(host, "kernel"),
		   *qemu = json_text(host, "qemu");
	const char *compiler = json_text(tools, "compiler");

	if (!kernel)
		return;
	notes_add(notes, "host: %s, %" G_GINT64_FORMAT " CPUs, Linux %s%s%s%s%s.",
		  cpu ? cpu : "unknown processor", json_count(host, "cpus", 0), kernel, qemu ? "; " : "",
		  qemu ? qemu : "", compiler ? "; kernels by " : "", compiler ? compiler : "");
}

void notes_add_machine(GPtrArray *notes, const struct comparison *c)
{
	add_guests(notes, c);
	add_host(notes, c);
}

GPtrArray *notes_origin(const struct comparison *c)
{
	GPtrArray *notes = notes_new();

	add_kernels(notes, c);
	notes_add_machine(notes, c);
	return notes;
}
