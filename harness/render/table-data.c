// SPDX-License-Identifier: GPL-2.0-only
#include "table-data.h"

#include <math.h>

#include "confound-print.h"
#include "calls-table.h"
#include "data.h"
#include "layout-table.h"
#include "live-memory-table.h"
#include "memory-table.h"
#include "notes.h"
#include "profile-data.h"
#include "samples-table.h"
#include "sections-table.h"
#include "staircase-table.h"
#include "trace-data.h"

/* A series of times, with its spread and drift. */
static void set_times(json_t *object, const char *prefix, const struct series *s)
{
	const struct {
		const char *name;
		double value;
	} numbers[] = {
		{ "between_boots_sd_pct", contrast_gain_pct(sqrt(s->spread.between)) },
		{ "within_boot_sd_pct", contrast_gain_pct(sqrt(s->spread.within)) },
		{ "drift_tau", s->drift.tau },
		{ "drift_p", s->drift.p },
	};

	data_series(object, prefix, s);
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autofree char *key = g_strconcat(prefix, "_", numbers[i].name, NULL);

		data_number(object, key, numbers[i].value);
	}
}

static json_t *row_json(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	const struct contrast *row = &arm->rows[cell];
	const struct plan_row *plan_row = c->cells->pdata[cell];
	json_t *object = json_object();

	data_text(object, "cell", plan_row->name);
	data_text(object, "test", plan_row->cell->test);
	data_count(object, "threads", plan_row->threads);
	data_text(object, "verdict", row->missing ? NULL : verdict_name(row->verdict));
	data_contrast(object, row, comparison_is_gated(c, arm));
	data_number(object, "blocks_to_settle", row->settle_blocks ? row->settle_blocks : NAN);
	data_text(object, "missing", row->missing);
	set_times(object, "baseline", comparison_baseline_series(c, arm, cell));
	set_times(object, "candidate", comparison_series(arm, cell));
	return object;
}

static json_t *failure_json(const struct comparison_arm *arm)
{
	json_t *object;

	if (!arm->failed)
		return json_null();
	object = json_object();
	data_text(object, "class", run_class_name(arm->failed->class));
	data_text(object, "boot", arm->failed->boot);
	data_text(object, "why", arm->failed->why);
	return object;
}

static json_t *arm_json(const struct comparison *c, const struct comparison_arm *arm)
{
	const json_t *kernel = notes_kernel(c->run, arm == c->baseline || arm->role == COMPARISON_AA ?
							 c->baseline->name : arm->name);
	json_t *object = json_object();
	json_t *rows = json_array();

	data_text(object, "name", arm->name);
	data_text(object, "role", comparison_role_name(arm->role));
	data_text(object, "release", json_text(kernel, "release"));
	data_text(object, "build_id", json_text(kernel, "build_id"));
	json_object_set_new(object, "failed", failure_json(arm));
	json_object_set_new(object, "differences", confound_json(arm->confound));
	json_object_set_new(object, "refused", json_boolean(confound_refuses(arm->confound)));
	for (guint cell = 0; arm != c->baseline && cell < c->cells->len; cell++)
		json_array_append_new(rows, row_json(c, arm, cell));
	json_object_set_new(object, "rows", rows);
	return object;
}

static json_t *head_json(const struct comparison *c)
{
	g_autofree char *name = notes_run_name(c->run);
	json_t *object = json_object();

	data_count(object, "v", 1);
	data_text(object, "run", name);
	data_text(object, "title", c->run->plan->title);
	data_text(object, "synthetic", json_text(c->run->manifest, "synthetic"));
	data_text(object, "gain", "100 (t(baseline) / t(candidate) - 1): + is faster");
	data_text(object, "metric", comparison_metric_name(c->metric));
	data_text(object, "unit", comparison_unit(c));
	data_text(object, "accel", json_text(c->run->manifest, "accel"));
	data_count(object, "smp", c->run->plan->machine.smp);
	data_count(object, "loads", c->run->plan->design.loads);
	data_count(object, "blocks_planned", c->run->plan->design.blocks);
	data_count(object, "family", c->family);
	data_number(object, "alpha", CONTRAST_ALPHA);
	return object;
}

static void add_calls(const struct findings *f, unsigned int arm, json_t *rows)
{
	calls_table_data(f->calls, arm, rows);
}

static void add_live_memory(const struct findings *f, unsigned int arm, json_t *rows)
{
	live_memory_table_data(f->live_memory, arm, rows);
}

static const struct {
	const char *name;
	void (*add)(const struct findings *f, unsigned int arm, json_t *rows);
} row_parts[TABLE_ALL] = {
	[TABLE_MEMORY] = { "memory", memory_table_data },
	[TABLE_LAYOUT] = { "layout", layout_table_data },
	[TABLE_SECTIONS] = { "sections", sections_table_data },
	[TABLE_LATENCY] = { "latency", trace_data_latency },
	[TABLE_LOCKS] = { "locks", trace_data_locks },
	[TABLE_OVERHEAD] = { "overhead", trace_data_overhead },
	[TABLE_PROFILE] = { "profile", profile_data_functions },
	[TABLE_LINES] = { "lines", profile_data_lines },
	[TABLE_SAMPLES] = { "samples", samples_table_data },
	[TABLE_CALLS] = { "calls", add_calls },
	[TABLE_LIVE_MEMORY] = { "live", add_live_memory },
};

static json_t *part_rows(const struct findings *f, enum table_part part, const struct comparison_arm *only)
{
	const struct comparison *c = f->comparison;
	json_t *rows = json_array();

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (!only || &c->arms[i] == only || &c->arms[i] == c->baseline)
			row_parts[part].add(f, i, rows);
	}
	return rows;
}

static json_t *arms_json(const struct comparison *c, const struct comparison_arm *only)
{
	json_t *arms = json_array();

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (!only || &c->arms[i] == only || &c->arms[i] == c->baseline)
			json_array_append_new(arms, arm_json(c, &c->arms[i]));
	}
	return arms;
}

json_t *table_data_new(const struct findings *f, enum table_part part, const struct comparison_arm *only)
{
	json_t *object = head_json(f->comparison);

	if (part == TABLE_ALL || part == TABLE_TIMED)
		json_object_set_new(object, "arms", arms_json(f->comparison, only));
	if (f->staircase && (part == TABLE_ALL || part == TABLE_STAIRCASE))
		json_object_set_new(object, "staircase", staircase_table_data(f->staircase));
	for (int i = 0; i < TABLE_ALL; i++) {
		g_autojson rows = row_parts[i].add ? part_rows(f, i, only) : NULL;

		if (json_array_size(rows) && (part == TABLE_ALL || (int)part == i))
			json_object_set(object, row_parts[i].name, rows);
	}
	return object;
}

void table_data_json(const struct findings *f, enum table_part part, const struct comparison_arm *only,
		     GString *out)
{
	g_autojson object = table_data_new(f, part, only);

	data_json(object, out);
}

static json_t *timed_line(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	json_t *line = head_json(c);
	g_autojson row = row_json(c, arm, cell);

	data_text(line, "arm", arm->name);
	data_text(line, "role", comparison_role_name(arm->role));
	data_text(line, "failed", arm->failed ? run_class_name(arm->failed->class) : NULL);
	json_object_update(line, row);
	return line;
}

static json_t *timed_lines(const struct comparison *c, const struct comparison_arm *only)
{
	json_t *lines = json_array();

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (&c->arms[i] == c->baseline || (only && &c->arms[i] != only))
			continue;
		for (guint cell = 0; cell < c->cells->len; cell++)
			json_array_append_new(lines, timed_line(c, &c->arms[i], cell));
	}
	return lines;
}

/* An array; new reference. */
static json_t *lines_of(const struct findings *f, enum table_part part, const struct comparison_arm *only)
{
	switch (part) {
	case TABLE_STAIRCASE:
		return staircase_table_data(f->staircase);
	case TABLE_ALL:
	case TABLE_TIMED:
		return timed_lines(f->comparison, only);
	default:
		return part_rows(f, part, only);
	}
}

void table_data_csv(const struct findings *f, enum table_part part, const struct comparison_arm *only,
		    GString *out)
{
	g_autojson lines = lines_of(f, part, only);

	data_csv(lines, out);
}
