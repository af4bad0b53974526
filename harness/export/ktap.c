// SPDX-License-Identifier: GPL-2.0-only
#include "ktap.h"

#include <stdbool.h>
#include <string.h>

#include "journal/run-trace.h"
#include "render/contrast-cells.h"
#include "render/figure.h"
#include "render/notes.h"
#include "render/wrap.h"
#include "source.h"

#define INDENT 2

/* One level of a report. */
struct level {
	GString *out;
	int indent;
	unsigned int number; /* of the test before */
	bool failed, passed; /* a test of it has */
};

/* Appends a line of @level; names and reasons have one line and no second "#". */
static void G_GNUC_PRINTF(2, 3) print(const struct level *level, const char *format, ...)
{
	va_list args;

	g_string_append_printf(level->out, "%*s", level->indent, "");
	va_start(args, format);
	g_string_append_vprintf(level->out, format, args);
	va_end(args);
	g_string_append_c(level->out, '\n');
}

/* What strangers wrote, as a part of a line. Caller frees. */
static char *plain(const char *text)
{
	g_autofree char *ascii = wrap_ascii(text);

	return g_strdelimit(g_strdup(g_strstrip(ascii)), "#", ' ');
}

static void note(const struct level *level, const char *text)
{
	g_autofree char *line = plain(text);

	print(level, "# %s", line);
}

static void pass(struct level *level, const char *name)
{
	level->passed = true;
	print(level, "ok %u %s", ++level->number, name);
}

static void skip(struct level *level, const char *name, const char *why)
{
	g_autofree char *reason = plain(why);

	print(level, "ok %u %s # SKIP %s", ++level->number, name, reason);
}

/* @why: an error for which there is no result; NULL: the result is bad. */
static void fail(struct level *level, const char *name, const char *why)
{
	g_autofree char *reason = why ? plain(why) : NULL;

	level->failed = true;
	print(level, "not ok %u %s%s%s", ++level->number, name, why ? " # ERROR " : "", why ? reason : "");
}

static struct level open_level(const struct level *outer, unsigned int tests)
{
	struct level level = { outer->out, outer->indent + INDENT };

	print(&level, "KTAP version 1");
	print(&level, "1..%u", tests);
	return level;
}

/* What the tests of @inner come to. */
static void close_level(struct level *outer, const struct level *inner, const char *name)
{
	if (inner->failed)
		fail(outer, name, NULL);
	else if (inner->passed)
		pass(outer, name);
	else
		skip(outer, name, "nothing could be told");
}

static void note_figures(const struct level *level, const struct comparison *c,
			 const struct comparison_arm *arm, guint cell)
{
	const struct contrast *row = &arm->rows[cell];
	bool gated = comparison_is_gated(c, arm);
	g_autofree char *baseline = figure_time(comparison_baseline_series(c, arm, cell)->median);
	g_autofree char *own = figure_time(comparison_series(arm, cell)->median);
	g_autofree char *gain = contrast_cells_gain(row, gated);
	g_autofree char *range = contrast_cells_range(row, gated);
	const char *name = comparison_cell(c, cell);

	print(level, "# %s: %s %s, baseline %s, gain %s %%, %s %s", name, own, comparison_unit(c), baseline,
	      gain, gated ? "gate" : "95 % interval", range);
}

/* Where the baseline differs from itself, no row says anything. */
static bool is_quiet(const struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; c->arms[i].role == COMPARISON_AA && cell < c->cells->len; cell++) {
			if (contrast_is_marked(&c->arms[i].rows[cell]))
				return false;
		}
	}
	return true;
}

static void print_row(struct level *level, const struct comparison *c, const struct comparison_arm *arm,
		      guint cell, bool quiet)
{
	const struct contrast *row = &arm->rows[cell];
	const char *name = comparison_cell(c, cell);

	if (row->missing) {
		skip(level, name, row->missing);
		return;
	}
	note_figures(level, c, arm, cell);
	if (!quiet)
		skip(level, name, "the baseline differs from itself: this machine was not quiet enough");
	else if (row->verdict == VERDICT_CANNOT_TELL)
		skip(level, name, "cannot tell");
	else if (row->verdict == VERDICT_REGRESSED)
		fail(level, name, NULL);
	else
		pass(level, name);
}

static void note_splats(const struct level *level, const struct run *r, const char *arm)
{
	for (guint i = 0; i < r->splats->len; i++) {
		const struct run_splat *splat = r->splats->pdata[i];
		g_autofree char *text = g_strdup_printf("%s in %s: %s", splat->kind, splat->boot, splat->text);

		if (!strcmp(splat->arm, arm))
			note(level, text);
	}
}

/* Its kernel failed, in the timed or in the tracing pass; NULL: in neither. */
static const struct run_boot_end *failure_of(const struct comparison *c, const struct comparison_arm *arm)
{
	const struct run_boot_end *end = arm->failed;

	return end || run_trace_failed(c->run, arm->name, &end) ? end : NULL;
}

static void fail_arm(struct level *level, const struct comparison *c, const struct comparison_arm *arm,
		     const struct run_boot_end *end)
{
	g_autofree char *why = g_strdup_printf("%s: %s", run_class_name(end->class),
					       end->why ? end->why : "no reason was recorded");

	note_splats(level, c->run, arm->name);
	fail(level, arm->name, why);
}

static void print_arm(struct level *level, const struct comparison *c, const struct comparison_arm *arm,
		      bool quiet)
{
	const struct run_boot_end *end = failure_of(c, arm);
	struct level rows;

	if (!arm->shown) {
		fail_arm(level, c, arm, end);
		return;
	}
	rows = open_level(level, c->cells->len);
	for (guint cell = 0; cell < c->cells->len; cell++)
		print_row(&rows, c, arm, cell, quiet);
	if (end)
		fail_arm(level, c, arm, end);
	else
		close_level(level, &rows, arm->name);
}

/* Those with a table, and others whose kernels failed: the baseline, its A/A label, rebuilds. */
static bool is_tested(const struct comparison *c, const struct comparison_arm *arm)
{
	return arm->shown || failure_of(c, arm);
}

static void note_head(const struct level *level, const struct source *s)
{
	const struct comparison *c = s->comparison;
	g_autofree char *accelerator = notes_accelerator(s->run);
	g_autofree char *title = g_strdup_printf("%s (run %s)", s->run->plan->title, s->name);
	g_autofree char *on = NULL;
	g_autofree char *machine = notes_machine(s->run);

	on = g_strdup_printf("%s; %s; against %s", machine, accelerator, c->baseline->name);
	note(level, title);
	note(level, on);
}

static unsigned int count_tests(const struct comparison *c)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < c->arms_count; i++)
		count += is_tested(c, &c->arms[i]);
	return count;
}

/* The arms of @s, as the tests of @level. */
static void print_arms(struct level *level, const struct source *s)
{
	const struct comparison *c = s->comparison;
	bool quiet = is_quiet(c);

	note_head(level, s);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (is_tested(c, &c->arms[i]))
			print_arm(level, c, &c->arms[i], quiet);
	}
}

static void print_machine(struct level *level, const struct source *s)
{
	struct level arms = open_level(level, count_tests(s->comparison));

	print_arms(&arms, s);
	close_level(level, &arms, s->run->plan->machine.name);
}

void ktap_print(const struct source_list *sources, GString *out)
{
	const struct source *first = sources->list->pdata[0];
	const struct level around = { out, -INDENT };
	bool machines = first->run->plan->machines_count > 0;
	unsigned int several = sources->list->len + sources->missing->len;
	struct level level = open_level(&around, machines ? several : count_tests(first->comparison));

	if (!machines)
		print_arms(&level, first);
	for (guint i = 0; machines && i < sources->list->len; i++)
		print_machine(&level, sources->list->pdata[i]);
	for (guint i = 0; i < sources->missing->len; i++)
		fail(&level, sources->missing->pdata[i], "this machine has no run");
}
