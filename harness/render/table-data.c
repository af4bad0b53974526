// SPDX-License-Identifier: GPL-2.0-only
#include "table-data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "notes.h"

#define DIGITS 10

static const char *const role_names[] = {
	[COMPARISON_BASELINE] = "baseline",
	[COMPARISON_CANDIDATE] = "candidate",
	[COMPARISON_AA] = "aa",
	[COMPARISON_LAYOUT] = "layout",
};

static void set_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, text ? json_string(text) : json_null());
}

static void set_number(json_t *object, const char *key, double value)
{
	json_object_set_new(object, key, isfinite(value) ? json_real(value) : json_null());
}

static void set_count(json_t *object, const char *key, size_t count)
{
	json_object_set_new(object, key, json_integer(count));
}

static void set_gain(json_t *object, const char *key, double effect)
{
	set_number(object, key, contrast_gain_pct(effect));
}

static void set_series(json_t *object, const char *prefix, const struct series *s)
{
	const struct {
		const char *name;
		double value;
	} numbers[] = {
		{ "median", s->median },
		{ "lowest", s->lowest },
		{ "highest", s->highest },
		{ "between_boots_sd_pct", contrast_gain_pct(sqrt(s->spread.between)) },
		{ "within_boot_sd_pct", contrast_gain_pct(sqrt(s->spread.within)) },
		{ "drift_tau", s->drift.tau },
		{ "drift_p", s->drift.p },
	};
	g_autofree char *boots = g_strconcat(prefix, "_boots", NULL);

	set_count(object, boots, s->figures->len);
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autofree char *key = g_strconcat(prefix, "_", numbers[i].name, NULL);

		set_number(object, key, numbers[i].value);
	}
}

static const char *method_of(const struct comparison *c, const struct contrast *row)
{
	if (row->missing)
		return NULL;
	return c->counted ? "counted" : row->paired ? "paired" : "unpaired";
}

static json_t *row_json(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	const struct contrast *row = &arm->rows[cell];
	const struct plan_row *plan_row = c->cells->pdata[cell];
	json_t *object = json_object();

	set_text(object, "cell", plan_row->name);
	set_text(object, "test", plan_row->cell->test);
	set_count(object, "threads", plan_row->threads);
	set_text(object, "verdict", row->missing ? NULL : verdict_name(row->verdict));
	set_gain(object, "gain_pct", row->effect.estimate);
	set_gain(object, "low_pct", row->effect.low);
	set_gain(object, "high_pct", row->effect.high);
	set_number(object, "level", row->effect.level);
	set_number(object, "p", row->p);
	set_number(object, "p_holm", row->p_holm);
	set_gain(object, "gate_pct", row->gate);
	set_text(object, "method", method_of(c, row));
	set_count(object, "blocks", row->blocks);
	set_number(object, "blocks_to_settle", row->settle_blocks ? row->settle_blocks : NAN);
	set_text(object, "missing", row->missing);
	set_series(object, "baseline", &c->baseline->series[cell]);
	set_series(object, "candidate", &arm->series[cell]);
	return object;
}

static json_t *failure_json(const struct comparison_arm *arm)
{
	json_t *object;

	if (!arm->failed)
		return json_null();
	object = json_object();
	set_text(object, "class", run_class_name(arm->failed->class));
	set_text(object, "boot", arm->failed->boot);
	set_text(object, "why", arm->failed->why);
	return object;
}

static json_t *arm_json(const struct comparison *c, const struct comparison_arm *arm)
{
	const json_t *kernel = notes_kernel(c->run, arm == c->baseline || arm->role == COMPARISON_AA ?
							 c->baseline->name : arm->name);
	json_t *object = json_object();
	json_t *rows = json_array();

	set_text(object, "name", arm->name);
	set_text(object, "role", role_names[arm->role]);
	set_text(object, "release", json_text(kernel, "release"));
	set_text(object, "build_id", json_text(kernel, "build_id"));
	json_object_set_new(object, "failed", failure_json(arm));
	for (guint cell = 0; arm != c->baseline && cell < c->cells->len; cell++)
		json_array_append_new(rows, row_json(c, arm, cell));
	json_object_set_new(object, "rows", rows);
	return object;
}

static json_t *head_json(const struct comparison *c)
{
	g_autofree char *name = notes_run_name(c->run);
	json_t *object = json_object();

	set_count(object, "v", 1);
	set_text(object, "run", name);
	set_text(object, "title", c->run->plan->title);
	set_text(object, "synthetic", json_text(c->run->manifest, "synthetic"));
	set_text(object, "gain", "100 (t(baseline) / t(candidate) - 1): + is faster");
	set_text(object, "metric", comparison_metric_name(c->metric));
	set_text(object, "unit", run_unit(c->run));
	set_text(object, "accel", json_text(c->run->manifest, "accel"));
	set_count(object, "smp", c->run->plan->machine.smp);
	set_count(object, "loads", c->run->plan->design.loads);
	set_count(object, "blocks_planned", c->run->plan->design.blocks);
	set_count(object, "family", c->family);
	set_number(object, "alpha", CONTRAST_ALPHA);
	return object;
}

void table_data_json(const struct comparison *c, const struct comparison_arm *only, GString *out)
{
	g_autojson object = head_json(c);
	json_t *arms = json_array();
	char *text;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (!only || &c->arms[i] == only || &c->arms[i] == c->baseline)
			json_array_append_new(arms, arm_json(c, &c->arms[i]));
	}
	json_object_set_new(object, "arms", arms);
	text = json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
	g_string_append_printf(out, "%s\n", text);
	free(text);
}

/* RFC 4180: quoted when it has to be. */
static void csv_text(GString *out, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "\"", -1);
	g_autofree char *doubled = g_strjoinv("\"\"", parts);

	if (strpbrk(text, ",\"\r\n"))
		g_string_append_printf(out, "\"%s\"", doubled);
	else
		g_string_append(out, text);
}

static void csv_value(GString *out, const json_t *value)
{
	char *text;

	if (json_is_null(value))
		return;
	if (json_is_string(value)) {
		csv_text(out, json_string_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(DIGITS));
	g_string_append(out, text);
	free(text);
}

static void csv_line(GString *out, json_t *row, bool names)
{
	const char *separator = "", *key;
	json_t *value;

	json_object_foreach(row, key, value) {
		g_string_append(out, separator);
		if (names)
			csv_text(out, key);
		else
			csv_value(out, value);
		separator = ",";
	}
	g_string_append_c(out, '\n');
}

void table_data_csv(const struct comparison *c, const struct comparison_arm *only, GString *out)
{
	bool names = true;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];

		for (guint cell = 0; cell < c->cells->len; cell++) {
			g_autojson line = head_json(c);
			g_autojson row = row_json(c, arm, cell);

			if (arm == c->baseline || (only && arm != only))
				continue;
			set_text(line, "arm", arm->name);
			set_text(line, "role", role_names[arm->role]);
			set_text(line, "failed", arm->failed ? run_class_name(arm->failed->class) : NULL);
			json_object_update(line, row);
			if (names)
				csv_line(out, line, true);
			names = false;
			csv_line(out, line, false);
		}
	}
}
