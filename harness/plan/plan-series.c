// SPDX-License-Identifier: GPL-2.0-only
#include "plan-series.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "plan-schema.h"

static const struct plan_arm *find_baseline(const struct plan *p)
{
	return plan_find_arm(p, p->baseline);
}

/* The arm of a plan of two that is not the baseline. */
static unsigned int candidate_index(const struct plan *p)
{
	return &p->arms[0] == find_baseline(p) ? 1 : 0;
}

/* What has to be the same, as it is the patches that shall differ. */
static const char *find_difference(const struct plan_arm *a, const struct plan_arm *b)
{
	if (strcmp(a->source, b->source))
		return "source";
	if (g_strcmp0(a->config, b->config))
		return "config";
	if (a->layout != b->layout)
		return "layout";
	return g_strcmp0(a->append, b->append) ? "append" : NULL;
}

static bool begins_with(const struct plan_arm *arm, const struct plan_arm *base)
{
	bool same = arm->series_count > base->series_count;

	for (unsigned int i = 0; same && i < base->series_count; i++)
		same = !strcmp(arm->series[i], base->series[i]);
	return same;
}

static bool is_step_name(const char *name, unsigned int steps)
{
	guint64 number;

	return g_ascii_string_to_unsigned(name, 10, 1, steps, &number, NULL);
}

static bool check_arms(const struct plan *p, const struct yaml_where *where, GError **error)
{
	unsigned int index = p->arms_count == 2 ? candidate_index(p) : 0;
	const struct plan_arm *base = find_baseline(p), *arm = &p->arms[index];
	g_autofree char *place = g_strdup_printf("arms[%u]", index);
	g_autofree char *base_place = g_strdup_printf("arms[%u].name", 1 - index);
	const char *difference;

	if (p->arms_count != 2)
		return yaml_where_refuse(
			where, "arms", error,
			"a series is measured patch by patch between two arms, the baseline and one "
			"with all patches; this plan has %u", p->arms_count);
	if (arm->series_count == 0)
		return yaml_where_refuse(
			where, place, error,
			"the arm %s has no series, so there are no patches to be measured one by "
			"one; the baseline is %s", arm->name, base->name);
	if (!begins_with(arm, base))
		return yaml_where_refuse(
			where, place, error,
			"the series of %s has to begin with the patches of the baseline %s, and to "
			"have more", arm->name, base->name);
	difference = find_difference(arm, base);
	if (difference)
		return yaml_where_refuse(
			where, place, error,
			"%s differs from the baseline %s in its %s, too: what a patch does could "
			"not be told from what that does", arm->name, base->name, difference);
	if (is_step_name(base->name, arm->series_count - base->series_count))
		return yaml_where_refuse(
			where, base_place, error,
			"the patches are called 1, 2, ..., so that the baseline needs a name other "
			"than %s", base->name);
	return true;
}

static bool check_rebuilds(const struct plan *p, const struct yaml_where *where, GError **error)
{
	if (strcmp(p->machine.accel, "counted") || p->rebuilds > 0)
		return true;
	return yaml_where_refuse(
		where, "machine.accel", error,
		"counted steps are judged by what the baseline's layout does, which only rebuilds "
		"of it show; say how many: rebuilds: 3");
}

char *plan_series_subject(const char *text)
{
	g_autoptr(GRegex) regex = g_regex_new("^Subject:[ \t]*((?:[^\n]|\n[ \t])*)",
					      G_REGEX_MULTILINE | G_REGEX_CASELESS, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autofree char *folded = NULL;
	g_auto(GStrv) words = NULL;
	char *subject;

	if (!g_regex_match(regex, valid, 0, &match))
		return NULL;
	folded = g_match_info_fetch(match, 1);
	words = g_regex_split_simple("[ \t\r\n]+", g_strstrip(folded), 0, 0);
	subject = g_strjoinv(" ", words);
	while (*subject == '[' && strchr(subject, ']')) {
		g_autofree char *tagged = subject;

		subject = g_strdup(g_strchug(strchr(tagged, ']') + 1));
	}
	return subject;
}

static json_t *describe_patch(const char *path, GError **error)
{
	g_autofree char *base = g_path_get_basename(path);
	g_autofree char *file = g_filename_display_name(base);
	g_autofree char *text = NULL;
	g_autofree char *subject = NULL;
	g_autoptr(GError) reason = NULL;

	if (!g_file_get_contents(path, &text, NULL, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "cannot read a patch: %s", reason->message);
		return NULL;
	}
	subject = plan_series_subject(text);
	return json_pack("{s:s, s:s}", "file", file, "subject", subject && *subject ? subject : file);
}

static json_t *describe_patches(const struct plan_arm *arm, unsigned int first, GError **error)
{
	g_autojson patches = json_array();

	for (unsigned int i = first; i < arm->series_count; i++) {
		json_t *patch = describe_patch(arm->series[i], error);

		if (!patch)
			return NULL;
		json_array_append_new(patches, patch);
	}
	return json_incref(patches);
}

static void describe_choice(json_t *series, const struct plan_choice *choice)
{
	json_t *steps = json_array();

	for (unsigned int i = 0; i < choice->count; i++)
		json_array_append_new(steps, json_integer(choice->steps[i]));
	json_object_set_new(series, "steps", steps);
	json_object_set_new(series, "row", json_string(choice->row));
	json_object_set_new(series, "rebuilds", json_boolean(choice->rebuilds));
}

bool plan_series_describe(struct plan *p, const struct yaml_where *where, const struct plan_choice *choice,
			  GError **error)
{
	json_t *patches;

	if (!check_arms(p, where, error) || !check_rebuilds(p, where, error))
		return false;
	patches = describe_patches(&p->arms[candidate_index(p)], find_baseline(p)->series_count, error);
	if (!patches)
		return false;
	p->series = json_pack("{s:o}", "patches", patches);
	if (choice)
		describe_choice(p->series, choice);
	return true;
}

static bool refuse(GError **error, const char *what)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "the manifest's \"series\" %s", what);
	return false;
}

static void patch_free(gpointer data)
{
	struct plan_patch *patch = data;

	g_free(patch->file);
	g_free(patch->subject);
	g_free(patch);
}

static bool read_patches(struct plan *p, GError **error)
{
	const json_t *list = json_object_get(p->series, "patches");
	const json_t *entry;
	size_t i;

	p->patches = g_ptr_array_new_with_free_func(patch_free);
	json_array_foreach((json_t *)list, i, entry) {
		struct plan_patch *patch = g_new0(struct plan_patch, 1);

		g_ptr_array_add(p->patches, patch);
		patch->file = g_strdup(json_text(entry, "file"));
		patch->subject = g_strdup(json_text(entry, "subject"));
		if (!patch->file || !patch->subject)
			return refuse(error, "has a patch without file or subject");
	}
	return p->patches->len > 0 || refuse(error, "has no patches");
}

/* The steps that are arms, unsigned int; NULL when they are none. */
static GArray *read_steps(const struct plan *p, GError **error)
{
	const json_t *list = json_object_get(p->series, "steps");
	g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(unsigned int));
	const json_t *entry;
	gint64 before = -1;
	size_t i;

	for (unsigned int step = 0; !list && step <= p->patches->len; step++)
		g_array_append_val(steps, step);
	json_array_foreach((json_t *)list, i, entry) {
		unsigned int step = json_integer_value(entry);

		if (!json_is_integer(entry) || json_integer_value(entry) <= before ||
		    json_integer_value(entry) > p->patches->len) {
			refuse(error, "has steps that are not ascending numbers of patches");
			return NULL;
		}
		before = step;
		g_array_append_val(steps, step);
	}
	if (steps->len >= 2)
		return g_steal_pointer(&steps);
	refuse(error, "has fewer than two steps");
	return NULL;
}

/* Where the plan was read with its files @arm has their paths; otherwise only their names are known. */
static char **series_of_step(const struct plan *p, const struct plan_arm *base, const struct plan_arm *arm,
			     unsigned int step)
{
	bool with_paths = arm->series_count == base->series_count + p->patches->len;
	unsigned int count = base->series_count + step;
	char **series = count ? g_new(char *, count) : NULL;

	for (unsigned int i = 0; i < base->series_count; i++)
		series[i] = g_strdup(base->series[i]);
	for (unsigned int i = 0; i < step; i++) {
		const struct plan_patch *patch = p->patches->pdata[i];

		series[base->series_count + i] =
			g_strdup(with_paths ? arm->series[base->series_count + i] : patch->file);
	}
	return series;
}

static struct plan_arm step_new(const struct plan *p, unsigned int step)
{
	const struct plan_arm *base = find_baseline(p), *arm = &p->arms[candidate_index(p)];

	return (struct plan_arm){
		.name = step ? g_strdup_printf("%u", step) : g_strdup(base->name),
		.source = g_strdup(base->source),
		.series = series_of_step(p, base, arm, step),
		.series_count = base->series_count + step,
		.config = g_strdup(base->config),
		.layout = base->layout,
		.append = g_strdup(base->append),
		.step = step,
	};
}

static void arm_clear(struct plan_arm *arm)
{
	for (unsigned int i = 0; i < arm->series_count; i++)
		g_free(arm->series[i]);
	g_free(arm->series);
	g_free(arm->name);
	g_free(arm->source);
	g_free(arm->config);
	g_free(arm->append);
}

static void set_arms(struct plan *p, const GArray *steps)
{
	struct plan_arm *arms = g_new(struct plan_arm, steps->len);

	for (guint i = 0; i < steps->len; i++)
		arms[i] = step_new(p, g_array_index(steps, unsigned int, i));
	for (unsigned int i = 0; i < p->arms_count; i++)
		arm_clear(&p->arms[i]);
	g_free(p->arms);
	p->arms = arms;
	p->arms_count = steps->len;
	g_free(p->baseline);
	p->baseline = g_strdup(arms[0].name);
}

static void cell_clear(struct plan_cell *cell)
{
	g_free(cell->test);
	g_free(cell->threads);
}

/* Of all rows the one of that name is left. */
static bool choose_row(struct plan *p, const char *name, GError **error)
{
	g_autoptr(GPtrArray) rows = plan_rows(p);
	const struct plan_row *row = NULL;
	struct plan_cell kept;

	for (guint i = 0; i < rows->len && (!row || strcmp(row->name, name)); i++)
		row = rows->pdata[i];
	if (!row || strcmp(row->name, name))
		return refuse(error, "names a row that the plan has not");
	kept = *row->cell;
	kept.threads[0] = row->threads;
	kept.threads_count = 1;
	for (unsigned int i = 0; i < p->cells_count; i++) {
		if (&p->cells[i] != row->cell)
			cell_clear(&p->cells[i]);
	}
	p->cells[0] = kept;
	p->cells_count = 1;
	return true;
}

bool plan_series_apply(struct plan *p, GError **error)
{
	const char *row = json_text(p->series, "row");
	g_autoptr(GArray) steps = NULL;

	if (p->arms_count != 2)
		return refuse(error, "belongs to a plan of two arms");
	steps = read_patches(p, error) ? read_steps(p, error) : NULL;
	if (!steps || (row && !choose_row(p, row, error)))
		return false;
	set_arms(p, steps);
	if (json_is_false(json_object_get(p->series, "rebuilds")))
		p->rebuilds = 0;
	if (json_object_get(p->series, "steps")) {
		p->aa = false;
		p->trace.loads = 0;
	}
	return true;
}

const struct plan_patch *plan_series_patch(const struct plan *p, const struct plan_arm *arm)
{
	return arm->step ? p->patches->pdata[arm->step - 1] : NULL;
}
