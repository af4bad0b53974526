// SPDX-License-Identifier: GPL-2.0-only
#include "sweep.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/path.h"
#include "base/units.h"
#include "boot.h"
#include "display.h"
#include "host.h"
#include "journal/journal.h"
#include "journal/run-trace.h"
#include "journal/run.h"
#include "kernels/kernel.h"
#include "on-board.h"
#include "plan/schedule.h"
#include "runners/board/hold.h"
#include "sweep/profiler.h"

/* A boot that the machinery spoilt is tried this often. */
#define ATTEMPTS 3

struct sweep {
	struct run *run;		/* as it was when we began */
	struct journal *journal;
	struct hold *hold;		/* of the board; NULL: the machine is none */
	GHashTable *kernels;		/* arm name -> struct kernel * */
	GHashTable *failed;		/* arm name -> why */
	GHashTable *untraced;		/* arm name -> why its tracing pass was given up */
	struct display *display;		/* while boots are run */
	enum bench_error worst;		/* of what failed, 0 when nothing did */
	gint64 start_us;
	double guest_s;			/* boots, loads and shutdowns so far */
	double earlier_s;		/* the same of earlier calls */
};

static void sweep_release(struct sweep *s)
{
	display_close(s->display);
	run_free(s->run);
	hold_free(s->hold);
	journal_close(s->journal);
	g_clear_pointer(&s->kernels, g_hash_table_unref);
	g_clear_pointer(&s->failed, g_hash_table_unref);
	g_clear_pointer(&s->untraced, g_hash_table_unref);
}

/* The kernel of one entry of the manifest's "arms": still the one that the run began with. */
static struct kernel *open_kernel(const json_t *arm, GError **error)
{
	const char *dir = json_text(arm, "kernel_dir");
	const char *name = json_text(arm, "name");
	g_autoptr(kernel) k = NULL;

	if (!dir || !name) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "the run's manifest has an arm without name or kernel");
		return NULL;
	}
	k = kernel_open(dir, error);
	if (!k) {
		g_prefix_error(error, "arm %s: ", name);
		return NULL;
	}
	if (json_equal(k->manifest, json_object_get(arm, "kernel")))
		return g_steal_pointer(&k);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "arm %s: the kernel in %s is not the one that the run began with; begin a new run", name,
		    dir);
	return NULL;
}

static bool open_kernels(struct sweep *s, GError **error)
{
	json_t *arms = json_object_get(s->run->manifest, "arms");
	json_t *arm;
	size_t i;

	json_array_foreach(arms, i, arm) {
		struct kernel *k;

		if (json_object_get(arm, RUN_UNBUILT))
			continue;
		k = open_kernel(arm, error);
		if (!k)
			return false;
		g_hash_table_insert(s->kernels, g_strdup(json_text(arm, "name")), k);
	}
	return true;
}

/*
 * @arm gets no more boots of this kind in this run. The two kinds are apart: a kernel that cannot be traced, or
 * dies of it, can still be timed, and its timed figures know nothing of the tracer.
 */
static void fail_arm(struct sweep *s, const char *arm, bool traced, enum run_class class, const char *why)
{
	enum bench_error status = class == RUN_KERNEL ? BENCH_ERROR_KERNEL : BENCH_ERROR_FAILED;

	g_hash_table_insert(traced ? s->untraced : s->failed, g_strdup(arm),
			    g_strdup(why ? why : "no reason recorded"));
	s->worst = MAX(s->worst, status);
}

static void note_earlier_failures(struct sweep *s)
{
	g_autoptr(GPtrArray) arms = plan_arm_names(s->run->plan);

	for (guint i = 0; i < arms->len; i++) {
		const struct run_boot_end *end;

		if (run_arm_failed(s->run, arms->pdata[i], &end))
			fail_arm(s, arms->pdata[i], false, end->class, end->why);
		if (run_trace_failed(s->run, arms->pdata[i], &end))
			fail_arm(s, arms->pdata[i], true, end->class, end->why);
	}
}

/*
 * What a harness that was killed did not write: the end of the boot under way. A splat in it was the kernel's.
 */
static bool end_boot(struct sweep *s, const struct run_boot_start *start, GError **error)
{
	const struct run_splat *splat = run_find_splat(s->run, start->boot);
	g_autofree char *why = splat ? g_strdup_printf("%s: %s", splat->kind, splat->text)
				     : g_strdup("vmapbench was ended during this boot");
	json_t *record = boot_record(start->block, start->arm, start->boot, start->traced, "end");

	json_object_set_new(record, "class", json_string(run_class_name(splat ? RUN_KERNEL : RUN_INFRA)));
	json_object_set_new(record, "why", json_string(why));
	return journal_append(s->journal, record, error);
}

static bool end_open_boots(struct sweep *s, GError **error)
{
	for (guint i = 0; i < s->run->starts->len; i++) {
		const struct run_boot_start *start = s->run->starts->pdata[i];

		if (!run_find_end(s->run, start->boot) && !end_boot(s, start, error))
			return false;
	}
	return true;
}

static bool read_again(struct sweep *s, GError **error)
{
	struct run *again = run_read(s->run->dir, error);

	if (!again)
		return false;
	run_free(s->run);
	s->run = again;
	return true;
}

/* The journal is ours alone from here on. */
static bool open_journal(struct sweep *s, GError **error)
{
	g_autofree char *path = g_build_filename(s->run->dir, "journal.jsonl", NULL);

	s->journal = journal_open(path, NULL, error);
	return s->journal && read_again(s, error);
}

/* The board of the run, when it has one. */
static bool open_board(struct sweep *s, GError **error)
{
	const json_t *described = json_object_get(s->run->manifest, "board");

	if (described)
		s->hold = on_board_open(described, s->run->dir, error);
	return !described || s->hold;
}

static bool check_machine(struct sweep *s, GError **error)
{
	const json_t *profile = json_object_get(s->run->manifest, "profile");
	g_autojson now = host_describe(s->run->plan->machine.arch, !s->hold, error);

	return now && host_is_same(json_object_get(s->run->manifest, "host"), now, error) &&
	       (!profile || profiler_is_same(profile, error));
}

/* How long a soak has run. Of the calls before this one the journal knows what their boots took. */
static double soaked_s(const struct sweep *s)
{
	return s->earlier_s + (double)(g_get_monotonic_time() - s->start_us) / G_USEC_PER_SEC;
}

static void add_seconds(struct sweep *s, double seconds)
{
	s->earlier_s += isnan(seconds) ? 0 : seconds;
}

static void note_earlier_boots(struct sweep *s)
{
	for (guint i = 0; i < s->run->ends->len; i++) {
		const struct run_boot_end *end = s->run->ends->pdata[i];

		add_seconds(s, end->boot_s);
		add_seconds(s, end->loads_s);
		add_seconds(s, end->shutdown_s);
	}
}

/* What a plan leaves to this program may be another processor in a later version of it. */
static bool check_cpu(const struct sweep *s, GError **error)
{
	const char *then = json_text(s->run->manifest, "cpu"), *accel = json_text(s->run->manifest, "accel");
	g_autofree char *now = then && accel ? host_guest_cpu(&s->run->plan->machine, accel) : NULL;

	if (!then || !g_strcmp0(then, now))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "the run was begun with guests whose processor was \"%s\", and this version would give "
		    "them \"%s\"; begin a new run",
		    then, now ? now : "none");
	return false;
}

static bool sweep_open(struct sweep *s, const char *dir, GError **error)
{
	s->start_us = g_get_monotonic_time();
	s->kernels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)kernel_free);
	s->failed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	s->untraced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	s->run = run_read(dir, error);
	if (!s->run || !open_journal(s, error) || !open_board(s, error) || !check_cpu(s, error) ||
	    !check_machine(s, error) || !open_kernels(s, error) || !end_open_boots(s, error) ||
	    !read_again(s, error))
		return false;
	note_earlier_failures(s);
	note_earlier_boots(s);
	return true;
}

static bool has_row(const struct run *r, const char *name, const struct schedule_boot *boot,
		    const struct plan_row *row)
{
	return boot->traced ? run_traced_boot_has_cell(r, name, row->name)
			    : run_boot_has_cell(r, name, row->name);
}

static bool boot_is_complete(const struct run *r, const char *name, const struct schedule_boot *boot)
{
	for (guint i = 0; i < boot->rows->len; i++) {
		if (!has_row(r, name, boot, boot->rows->pdata[i]))
			return false;
	}
	return true;
}

static bool is_attempt_at(const struct run_boot_start *start, const struct schedule_boot *boot)
{
	size_t length = strlen(boot->name);

	return !strncmp(start->boot, boot->name, length) &&
	       (start->boot[length] == '\0' || start->boot[length] == BOOT_ATTEMPT_MARK);
}

static bool is_done(const struct run *r, const struct schedule_boot *boot)
{
	for (guint i = 0; i < r->starts->len; i++) {
		const struct run_boot_start *start = r->starts->pdata[i];

		if (is_attempt_at(start, boot) && boot_is_complete(r, start->boot, boot))
			return true;
	}
	return false;
}

/*
 * What the run lacks of @boots. A boot is repeated with all its rows, so that each has the history that it has
 * in the other arms, and no row's median is made of two boots.
 */
static GPtrArray *missing_boots(const struct run *r, GPtrArray *boots)
{
	GPtrArray *missing = g_ptr_array_new();

	for (guint i = 0; i < boots->len; i++) {
		if (!is_done(r, boots->pdata[i]))
			g_ptr_array_add(missing, boots->pdata[i]);
	}
	return missing;
}

static unsigned int earlier_attempts(const struct run *r, const struct schedule_boot *boot)
{
	unsigned int attempts = 0;

	for (guint i = 0; i < r->starts->len; i++)
		attempts += is_attempt_at(r->starts->pdata[i], boot);
	return attempts;
}

/* A soak compares nothing: one arm is enough. */
static bool has_arm_left(const struct sweep *s)
{
	g_autoptr(GPtrArray) names = plan_arm_names(s->run->plan);

	for (guint i = 0; i < names->len; i++) {
		if (!g_hash_table_contains(s->failed, names->pdata[i]))
			return true;
	}
	return false;
}

static bool soak_goes_on(const struct sweep *s)
{
	return soaked_s(s) < s->run->soak_s && has_arm_left(s);
}

/*
 * With the arms that failed, is there still something to compare? An A/A arm, or more images of the baseline,
 * are something only when they are all.
 */
static bool has_comparison_left(const struct sweep *s)
{
	const struct plan *p = s->run->plan;
	unsigned int written = 0;
	bool any = false;

	if (g_hash_table_contains(s->failed, p->baseline) || g_hash_table_contains(s->failed, PLAN_AA_ARM))
		return false;
	for (unsigned int i = 0; i < p->arms_count; i++) {
		const char *name = p->arms[i].name;

		if (p->arms[i].rebuild_of)
			continue;
		written++;
		any |= strcmp(name, p->baseline) && !g_hash_table_contains(s->failed, name);
	}
	return any || written == 1;
}

static bool worth_going_on(const struct sweep *s)
{
	return s->run->soak_s ? soak_goes_on(s) : has_comparison_left(s);
}

static const char *command_of(const struct sweep *s)
{
	return s->run->soak_s ? "soak" : "sweep";
}

static bool stopped(const struct sweep *s, GError **error)
{
	unsigned int limit_s = s->run->plan->limits.run_s;

	if (interrupt_pending())
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "interrupted; go on with: vmapbench %s --resume %s", command_of(s), s->run->dir);
	else if (limit_s > 0 && g_get_monotonic_time() - s->start_us >= limit_s * G_USEC_PER_SEC)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "the plan's limit of %u s (limits.run_s) is over; go on with: vmapbench %s "
			    "--resume %s",
			    limit_s, command_of(s), s->run->dir);
	else
		return false;
	return true;
}

static bool set_infra_error(const struct sweep *s, const struct schedule_boot *boot, const char *why,
			    GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "%s: the machinery failed %d times: %s; when that is mended go on with: vmapbench %s "
		    "--resume %s",
		    boot->name, ATTEMPTS, why, command_of(s), s->run->dir);
	return false;
}

/* What no other try mends: a human is asked for. */
static bool set_refused_error(const struct sweep *s, const struct schedule_boot *boot, const char *why,
			      GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "%s: %s; when that is mended go on with: vmapbench %s --resume %s", boot->name, why,
		    command_of(s), s->run->dir);
	return false;
}

/* At once; what it comes to is said again at the end. */
static void tell_failure(struct sweep *s, const struct schedule_boot *boot, const struct boot_outcome *outcome)
{
	g_autofree char *then = outcome->class == RUN_INFRA
					? g_strdup("the boot is repeated")
					: g_strdup_printf("arm %s gets no more %s", boot->arm,
							  boot->traced ? "traced boots" : "boots");

	display_failure(s->display, boot->name, outcome->class, outcome->why ? outcome->why : "no reason known",
			then);
}

static bool attempt_boot(struct sweep *s, const struct schedule_boot *boot, const struct boot_place *place,
			 unsigned int attempt, struct boot_outcome *ret_outcome, GError **error)
{
	gint64 start_us = g_get_monotonic_time();

	if (!boot_run(place, boot, attempt, ret_outcome, error))
		return false;
	s->guest_s += ret_outcome->guest_s;
	display_ended(s->display, boot, (double)(g_get_monotonic_time() - start_us) / G_USEC_PER_SEC,
		      ret_outcome->class);
	return true;
}

static void note_load(const char *cell, void *data)
{
	display_load(data, cell);
}

/* One boot of the schedule, again when the machinery fails. */
static bool run_boot(struct sweep *s, const struct schedule_boot *boot, GError **error)
{
	unsigned int before = earlier_attempts(s->run, boot);
	const struct boot_place place = {
		.run = s->run,
		.journal = s->journal,
		.kernel = g_hash_table_lookup(s->kernels, boot->arm),
		.hold = s->hold,
		.on_load = note_load,
		.data = s->display,
	};

	for (unsigned int attempt = 0;; attempt++) {
		g_autofree char *why = NULL;
		struct boot_outcome outcome;

		if (!attempt_boot(s, boot, &place, before + attempt, &outcome, error))
			return false;
		why = outcome.why;
		if (outcome.class == RUN_OK)
			return true;
		if (outcome.class != RUN_INFRA) {
			fail_arm(s, boot->arm, boot->traced, outcome.class, why);
			tell_failure(s, boot, &outcome);
			return true;
		}
		if (outcome.refused)
			return set_refused_error(s, boot, why, error);
		if (stopped(s, error))
			return false;
		if (attempt + 1 == ATTEMPTS)
			return set_infra_error(s, boot, why, error);
		tell_failure(s, boot, &outcome);
	}
}

/* No kernel is traced that could not be timed, nor rebuilt once it has failed as it is. */
static bool is_given_up(const struct schedule_boot *boot, const void *data)
{
	const struct sweep *s = data;
	const char *original = plan_find_arm(s->run->plan, boot->arm)->rebuild_of;

	return g_hash_table_contains(s->failed, boot->arm) ||
	       (original && g_hash_table_contains(s->failed, original)) ||
	       (boot->traced && g_hash_table_contains(s->untraced, boot->arm));
}

static bool run_boots(struct sweep *s, GPtrArray *boots, GError **error)
{
	for (guint i = 0; i < boots->len && worth_going_on(s); i++) {
		const struct schedule_boot *boot = boots->pdata[i];

		if (is_given_up(boot, s))
			continue;
		display_boot(s->display, boots, i, is_given_up, s);
		if (stopped(s, error) || !run_boot(s, boot, error))
			return false;
	}
	return true;
}

/* The blocks that the plan says. */
static bool run_missing(struct sweep *s, GPtrArray *rows, guint64 seed, GError **error)
{
	g_autoptr(GPtrArray) boots = schedule_new(s->run->plan, rows, seed);
	g_autoptr(GPtrArray) missing = missing_boots(s->run, boots);

	s->display = display_open(s->run, boots, boots->len - missing->len, 0);
	if (!run_boots(s, missing, error))
		return false;
	display_finish(s->display);
	return true;
}

/* The same blocks and those behind them, for as long as was asked for. */
static bool run_soak(struct sweep *s, GPtrArray *rows, guint64 seed, GError **error)
{
	g_autoptr(schedule) blocks = schedule_open(s->run->plan, rows, seed);

	s->display = display_open(s->run, NULL, 0, s->earlier_s);
	while (worth_going_on(s)) {
		g_autoptr(GPtrArray) boots = schedule_next_block(blocks);
		g_autoptr(GPtrArray) missing = missing_boots(s->run, boots);

		if (!run_boots(s, missing, error))
			return false;
	}
	display_finish(s->display);
	return true;
}

/* How much of the time was ours: what is neither boot nor load nor shutdown of a guest. */
static bool record_end(struct sweep *s, bool done, GError **error)
{
	double wall_s = (double)(g_get_monotonic_time() - s->start_us) / G_USEC_PER_SEC;

	return journal_append(s->journal,
			      json_pack("{s:s, s:s, s:f, s:f}", "t", "run", "event",
					done ? "end" : "stop", "wall_s", wall_s, "guest_s",
					s->guest_s),
			      error);
}

/* A line for each arm of @arms, in the order of the plan. */
static void append_failures(GString *text, const struct plan *p, GHashTable *arms, const char *what)
{
	g_autoptr(GPtrArray) names = plan_arm_names(p);

	for (guint i = 0; i < names->len; i++) {
		const char *why = g_hash_table_lookup(arms, names->pdata[i]);

		if (why)
			g_string_append_printf(text, "%sarm %s%s: %s", text->len ? "\n" : "",
					       (char *)names->pdata[i], what, why);
	}
}

/* Why a run ended before it was done; "" when it did not. */
static const char *early_end(const struct sweep *s)
{
	if (s->run->soak_s)
		return has_arm_left(s) ? "" : "; no arm is left, so the soak ended here";
	return has_comparison_left(s) ? "" : "; there is nothing left to compare, so the run ended here";
}

static bool report_failures(const struct sweep *s, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (s->worst == 0)
		return true;
	append_failures(text, s->run->plan, s->failed, " failed");
	append_failures(text, s->run->plan, s->untraced,
			": its tracing pass was given up; its timed boots are not touched by that");
	g_string_append_printf(text, "%s (consoles: %s/console)", early_end(s), s->run->dir);
	g_set_error_literal(error, BENCH_ERROR, s->worst, text->str);
	return false;
}

static bool run_all(struct sweep *s, GError **error)
{
	g_autoptr(GPtrArray) rows = plan_rows(s->run->plan);
	guint64 seed = json_count(s->run->manifest, "seed", 0);
	bool done, recorded;

	done = (s->run->soak_s ? run_soak : run_missing)(s, rows, seed, error);
	recorded = record_end(s, done, done ? error : NULL);
	return done && recorded && report_failures(s, error);
}

bool sweep_run(const char *dir, GError **error)
{
	struct sweep s = { 0 };
	bool ok;

	interrupt_catch();
	ok = sweep_open(&s, dir, error) && run_all(&s, error);
	sweep_release(&s);
	return ok;
}
