// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "base/units.h"
#include "bpf/storm.h"
#include "cmd.h"

#define DURATION_S 10
#define DURATION_MAX_S 86400
#define PROGRESS_MS 200

struct load_options {
	char *kind;
	char *duration;
	char *ops;
	char *threads;
	char *pages;
	char *live;
	char *rate;
	char *memory;
	gboolean list;
};

struct load_plan {
	struct storm_options storm;
	guint64 duration_s;		/* 0: until the operations are done */
};

static void load_options_clear(struct load_options *o)
{
	char **const texts[] = { &o->kind,  &o->duration, &o->ops,  &o->threads,
				 &o->pages, &o->live,	  &o->rate, &o->memory };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_clear_pointer(texts[i], g_free);
}

static int list_kinds(void)
{
	const struct storm_kind *kind = NULL;

	while ((kind = storm_next(kind))) {
		char why[400];
		bool runs = storm_try(kind, why, sizeof(why));

		printf("%-8s %-4s needs %-8s %s\n", kind->name, runs ? "ok" : "NO", kind->needs, kind->summary);
		if (!runs)
			printf("%8s %s\n", "", why);
	}
	return 0;
}

/* The first kind of the table that can run here. */
static const struct storm_kind *choose_kind(GError **error)
{
	const struct storm_kind *kind = NULL;
	char why[400] = "";

	while ((kind = storm_next(kind))) {
		if (storm_try(kind, why, sizeof(why)))
			return kind;
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "load: no kind of load can run here (see `vmapbench load --list`); of the last one: %s",
		    why);
	return NULL;
}

static const struct storm_kind *find_kind(const char *name, GError **error)
{
	g_autoptr(GString) known = g_string_new(NULL);
	const struct storm_kind *kind = NULL;

	if (!name)
		return choose_kind(error);
	kind = storm_find(name);
	if (kind)
		return kind;
	while ((kind = storm_next(kind)))
		g_string_append_printf(known, "%s%s", known->len ? ", " : "", kind->name);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "load: --kind: \"%s\" is not known; expected one of: %s", name, known->str);
	return NULL;
}

static bool read_numbers(const struct load_options *o, struct load_plan *plan, GError **error)
{
	guint64 threads = g_get_num_processors(), pages = 0, live = 0, memory_mib = 0;
	const struct {
		const char *text, *what;
		guint64 lowest, highest;
		guint64 *value;
	} numbers[] = {
		{ o->duration, "load: --for", 1, DURATION_MAX_S, &plan->duration_s },
		{ o->ops, "load: --ops", 1, G_MAXINT64, &plan->storm.ops },
		{ o->threads, "load: --threads", 1, STORM_THREADS_MAX, &threads },
		{ o->pages, "load: --pages", 1, G_MAXUINT32, &pages },
		{ o->live, "load: --live", 1, STORM_LIVE_MAX, &live },
		{ o->rate, "load: --rate", 1, G_MAXINT64, &plan->storm.rate },
		{ o->memory, "load: --memory", 1, STORM_MEMORY_MIB_MAX, &memory_mib },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		if (numbers[i].text && !units_parse_u64(numbers[i].text, numbers[i].what, numbers[i].lowest,
							numbers[i].highest, numbers[i].value, error))
			return false;
	}
	plan->storm.threads = MIN(threads, STORM_THREADS_MAX);
	plan->storm.pages = pages;
	plan->storm.live = live;
	plan->storm.memory_mib = memory_mib;
	return true;
}

static bool make_plan(const struct load_options *o, struct load_plan *plan, GError **error)
{
	char why[400];

	*plan = (struct load_plan){ 0 };
	if (o->duration && o->ops) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "load: give either --for or --ops, not both");
		return false;
	}
	if (!read_numbers(o, plan, error))
		return false;
	if (!o->duration && !o->ops)
		plan->duration_s = DURATION_S;
	plan->storm.kind = find_kind(o->kind, error);
	if (!plan->storm.kind)
		return false;
	if (storm_check(&plan->storm, why, sizeof(why)))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "load: %s", why);
	return false;
}

/* Until all threads are done, the time is over, or the user interrupts: then false. */
static bool follow(const struct load_plan *plan, struct storm *storm)
{
	g_autofree char *what = g_strdup_printf("load %s, %s", plan->storm.kind->name,
						plan->duration_s ? "seconds" : "operations");
	g_autoptr(progress) line = progress_new(what, plan->duration_s ? plan->duration_s : plan->storm.ops);
	gint64 start_us = g_get_monotonic_time();
	GPollFD fds[] = {
		{ .fd = storm_fd(storm), .events = G_IO_IN },
		{ .fd = interrupt_fd(), .events = G_IO_IN },
	};
	guint64 elapsed_us = 0;
	bool done = false;

	while (!done && !interrupt_pending()) {
		guint64 left_ms = plan->duration_s ? (plan->duration_s * G_USEC_PER_SEC - elapsed_us) / 1000 + 1
						   : G_MAXUINT64;
		g_autofree char *rate = NULL;

		g_poll(fds, G_N_ELEMENTS(fds), (int)MIN(left_ms, PROGRESS_MS));
		elapsed_us = (guint64)(g_get_monotonic_time() - start_us);
		rate = g_strdup_printf("%.0f operations/s",
				       (double)storm_done(storm) * G_USEC_PER_SEC / (double)MAX(elapsed_us, 1));
		progress_update(line, plan->duration_s ? elapsed_us / G_USEC_PER_SEC : storm_done(storm), rate);
		done = fds[0].revents || (plan->duration_s && elapsed_us >= plan->duration_s * G_USEC_PER_SEC);
	}
	storm_stop(storm);
	return done;
}

static void print_areas(const struct load_plan *plan, guint64 ops)
{
	const struct storm_kind *kind = plan->storm.kind;

	printf("vmap areas allocated: %s%" G_GUINT64_FORMAT " (%u for each operation)\n",
	       kind->exact ? "" : "about ", ops * kind->areas, kind->areas);
}

static void print_summary(const struct load_plan *plan, const struct storm_result *r,
			  const struct storm_worker_result *workers)
{
	const struct storm_options *o = &plan->storm;
	double wall_s = (double)r->wall_ns / 1e9, busy_ns = 0, held_ns = 0;

	for (uint32_t i = 0; i < o->threads; i++) {
		busy_ns += (double)(workers[i].wall_ns - workers[i].held_ns - workers[i].paced_ns);
		held_ns += (double)workers[i].held_ns;
	}
	printf("%s: %" G_GUINT64_FORMAT " operations by %u thread%s in %.3f s: %.0f a second, %.2f us each\n",
	       o->kind->name, r->ops, o->threads, o->threads == 1 ? "" : "s", wall_s, (double)r->ops / wall_s,
	       busy_ns / 1e3 / (double)r->ops);
	print_areas(plan, r->ops);
	if (held_ns > 0)
		printf("held back: %.1f %% of the time, until freed memory was back (limit %u MiB)\n",
		       held_ns / (wall_s * 1e9 * o->threads) * 100, o->memory_mib);
	printf("kernel memory: %.1f MiB %s than before\n", (double)ABS(r->growth_kib) / 1024,
	       r->growth_kib > 0 ? "more" : "less");
}

static int run_plan(const struct load_plan *plan, GError **error)
{
	g_autofree struct storm_worker_result *workers =
		g_new0(struct storm_worker_result, plan->storm.threads);
	struct storm_result result;
	char why[400];
	struct storm *storm;
	bool done;

	interrupt_catch();
	storm = storm_start(&plan->storm, why, sizeof(why));
	if (!storm) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "load: %s", why);
		return -1;
	}
	done = follow(plan, storm);
	storm_finish(storm, &result, workers);
	if (result.ops > 0)
		print_summary(plan, &result, workers);
	if (result.ok && done)
		return 0;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "load: %s",
		    result.ok ? "stopped before its end; what it did until then is above" : result.why);
	return -1;
}

static int run(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	struct load_options o = { 0 };
	const GOptionEntry options[] = {
		{ "kind", 0, 0, G_OPTION_ARG_STRING, &o.kind,
		  "what to run (the first of --list that can run here)", "KIND" },
		{ "list", 0, 0, G_OPTION_ARG_NONE, &o.list, "list the kinds, and which of them can run here",
		  NULL },
		{ "for", 0, 0, G_OPTION_ARG_STRING, &o.duration, "seconds to run (10)", "S" },
		{ "ops", 0, 0, G_OPTION_ARG_STRING, &o.ops, "operations to run, instead of --for", "N" },
		{ "threads", 0, 0, G_OPTION_ARG_STRING, &o.threads, "threads (as many as CPUs)", "N" },
		{ "pages", 0, 0, G_OPTION_ARG_STRING, &o.pages, "data pages of each area", "N" },
		{ "live", 0, 0, G_OPTION_ARG_STRING, &o.live, "areas that each thread holds at one time", "N" },
		{ "rate", 0, 0, G_OPTION_ARG_STRING, &o.rate, "operations a second at most, of all threads",
		  "N" },
		{ "memory", 0, 0, G_OPTION_ARG_STRING, &o.memory,
		  "memory that may be held or not yet freed (64)", "MIB" },
		G_OPTION_ENTRY_NULL
	};
	struct load_plan plan;
	int status = -1;

	if (cmd_parse(cmd, options, 0, &argc, &argv, error)) {
		if (o.list)
			status = list_kinds();
		else if (make_plan(&o, &plan, error))
			status = run_plan(&plan, error);
	}
	load_options_clear(&o);
	return status;
}

const struct cmd cmd_load = {
	.name = "load",
	.args = "",
	.summary = "put a bounded load on this machine's mm/vmalloc",
	.run = run,
};
