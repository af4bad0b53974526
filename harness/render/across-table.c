// SPDX-License-Identifier: GPL-2.0-only
#include "across-table.h"

#include <math.h>
#include <string.h>

#include "confound-print.h"
#include "contrast-cells.h"
#include "data.h"
#include "figure.h"
#include "notes.h"
#include "tally.h"

#define BUILD_ID_SHOWN 12

static const struct across_row *row_at(const struct across *a, guint i)
{
	return &g_array_index(a->rows, struct across_row, i);
}

/* What the two arms of a pair are called. Caller frees. */
static char *name_of(const struct comparison_arm *arm, const char *when)
{
	return g_strdup_printf("%s %s", arm->name, when);
}

static void add_run(GPtrArray *notes, const char *which, const struct run *r)
{
	const char *synthetic = json_text(r->manifest, "synthetic"),
		   *created = json_text(r->manifest, "created");
	g_autofree char *name = notes_run_name(r);

	notes_add(notes, "%s: run %s, %.10s: %s", which, name, created ? created : "not dated", r->plan->title);
	if (synthetic)
		notes_add(notes, "SYNTHETIC, not measured: %s", synthetic);
}

static void add_failures(GPtrArray *notes, const char *which, const struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct run_boot_end *end = c->arms[i].failed;

		if (end)
			notes_add(notes, "FAILED %s: arm %s, class %s, boot %s: %s", which, end->arm,
				  run_class_name(end->class), end->boot,
				  end->why ? end->why : "no reason was recorded");
	}
}

static void add_clocks(GPtrArray *notes, const struct across *a)
{
	for (guint i = 0; i < a->pairs_count; i++) {
		const struct across_pair *pair = &a->pairs[i];
		g_autofree char *before = notes_clocks(a->before->run, pair->before->name);
		g_autofree char *after = notes_clocks(a->after->run, pair->after->name);

		if (before && after && strcmp(before, after))
			notes_add(
				notes,
				"WARNING: times were taken by different clocks: %s by %s before and %s after.",
				pair->after->name, before, after);
	}
}

/* The row with the largest effect, and how many are marked. */
static int largest_effect(const struct across *a, const struct across_pair *pair, guint *ret_marked)
{
	int found = -1;

	*ret_marked = 0;
	for (guint i = 0; i < a->rows->len; i++) {
		const struct contrast *row = &pair->rows[i];

		*ret_marked += contrast_is_marked(row);
		if (!row->missing &&
		    (found < 0 || fabs(row->effect.estimate) > fabs(pair->rows[found].effect.estimate)))
			found = i;
	}
	return found;
}

/* The A/A of two runs: a kernel that both have. */
static void add_same_kernel(GPtrArray *notes, const struct across *a, const struct across_pair *pair)
{
	guint marked;
	int row = largest_effect(a, pair, &marked);
	g_autofree char *gain = NULL;

	if (row < 0 || !pair->confound->same_kernel)
		return;
	gain = figure_gain(contrast_gain_pct(pair->rows[row].effect.estimate));
	notes_add(notes, "%s is the same kernel in both runs, and reads up to %s %% apart (%s).",
		  pair->after->name, gain, row_at(a, row)->row->name);
	if (marked > 0)
		notes_add(notes,
			  "WARNING: it differs from itself in %u row%s: the machine or its load has changed, "
			  "and marks of that size mean nothing.",
			  marked, marked == 1 ? "" : "s");
}

static GPtrArray *notes_above(const struct across *a, bool brief)
{
	GPtrArray *notes = notes_new();

	add_run(notes, "before", a->before->run);
	if (brief)
		notes_add_machine(notes, a->before);
	add_run(notes, "after", a->after->run);
	if (brief)
		notes_add_machine(notes, a->after);
	add_failures(notes, "before", a->before);
	add_failures(notes, "after", a->after);
	add_clocks(notes, a);
	for (guint i = 0; i < a->pairs_count; i++)
		add_same_kernel(notes, a, &a->pairs[i]);
	return notes;
}

static void add_row(GPtrArray *rows, const struct across *a, const struct across_pair *pair, guint i)
{
	const struct across_row *row = row_at(a, i);
	const struct contrast *contrast = &pair->rows[i];
	bool counted = a->after->counted;
	g_autofree char *before =
		figure_time(pair->before->failed ? NAN : pair->before->series[row->before].median);
	g_autofree char *after =
		figure_time(pair->after->failed ? NAN : pair->after->series[row->after].median);
	g_autofree char *gain = contrast_cells_gain(contrast, counted);
	g_autofree char *range = contrast_cells_range(contrast, counted);

	page_add_row(rows, row->row->name, before, after, gain, range, contrast_cells_mark(contrast), NULL);
}

static void print_pair(const struct page *p, const struct across *a, const struct across_pair *pair)
{
	const struct page_column columns[] = {
		{ "cell", 27, true },
		{ "before", FIGURE_TIME_WIDTH, false },
		{ "after", FIGURE_TIME_WIDTH, false },
		{ "gain %", FIGURE_GAIN_WIDTH, false },
		{ contrast_cells_range_title(a->after->counted), 16, false },
		{ "", 3, true },
	};
	g_autofree char *before = name_of(pair->before, "before"), *after = name_of(pair->after, "after");
	g_autofree char *heading =
		g_strdup_printf("%s against %s%s", after, before,
				pair->before->failed || pair->after->failed ? ": FAILED" : "");
	g_autoptr(GPtrArray) rows = page_rows_new();

	page_heading(p, heading);
	if (confound_refuses(pair->confound)) {
		confound_print_refusal(p, pair->confound, before, after);
		return;
	}
	for (guint i = 0; i < a->rows->len; i++)
		add_row(rows, a, pair, i);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static void add_legend(GPtrArray *notes, const struct across *a)
{
	g_autofree char *accelerator = notes_accelerator(a->after->run);

	notes_add(notes, "gain %% = 100 (t(before) / t(after) - 1): + is faster, - is slower.");
	notes_add(notes, "t: %s, %s; per boot the median of its loads, then the median over boots; %s.",
		  comparison_metric_title(a->after->metric), comparison_unit(a->after), accelerator);
	if (a->after->counted)
		notes_add(notes,
			  "(I) improved, (R) regressed: the gain is outside of the row's gate, the %g %% "
			  "prediction interval of one more image of the baseline's source. (=) equivalent: "
			  "inside. (?) cannot tell: no gate.",
			  100 * CONTRAST_LEVEL);
	else
		notes_add(notes,
			  "(I) improved, (R) regressed: p <= %.2f (exact rank-sum test of boots against boots, "
			  "Holm over a family of %zu) and the gain outside of +-%g %%. (=) equivalent: the "
			  "interval lies inside of that. (?) cannot tell.",
			  CONTRAST_ALPHA, a->family, a->after->run->plan->design.gate_pct);
	notes_add(notes, "The runs shared no blocks: what became of the machine between them is in every row, "
			 "and a kernel that is the same in both shows how much that is.");
}

static void add_pair_notes(GPtrArray *notes, const struct across *a, const struct across_pair *pair)
{
	g_autofree char *before = name_of(pair->before, "before"), *after = name_of(pair->after, "after");

	confound_add_notes(notes, pair->confound, before, after);
	for (guint i = 0; i < a->rows->len; i++) {
		const char *missing = pair->rows[i].missing;

		if (missing && !pair->before->failed && !pair->after->failed &&
		    !confound_refuses(pair->confound))
			notes_add(notes, "n/a: %s of %s: %s.", row_at(a, i)->row->name, pair->after->name,
				  missing);
	}
}

static void add_kernel(GPtrArray *notes, const struct run *r, const struct comparison_arm *arm,
		       const char *when)
{
	const json_t *kernel = notes_kernel(r, arm->name);
	const char *release = json_text(kernel, "release"), *build = json_text(kernel, "build_id");
	guint boots = 0;

	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];

		boots += end->class == RUN_OK && !end->traced && !strcmp(end->arm, arm->name);
	}
	notes_add(notes, "kernel %s %s: %s, build %.*s, %u boots", arm->name, when,
		  release ? release : "not recorded", BUILD_ID_SHOWN, build ? build : "not recorded", boots);
}

static void add_tally(GPtrArray *notes, const struct across *a, const struct across_pair *pair)
{
	g_autofree char *before = name_of(pair->before, "before"), *after = name_of(pair->after, "after");
	g_autofree char *heading = g_strdup_printf("%s against %s", after, before);
	g_autoptr(tally) t = tally_new();

	for (guint i = 0; i < a->rows->len; i++)
		tally_add(t, &pair->rows[i], a->after->counted, row_at(a, i)->row->name);
	tally_note(t, heading, notes);
}

static void add_tallies(GPtrArray *notes, const struct across *a)
{
	for (guint i = 0; i < a->pairs_count; i++) {
		if (across_is_printed(a, &a->pairs[i]) && !confound_refuses(a->pairs[i].confound))
			add_tally(notes, a, &a->pairs[i]);
	}
}

static GPtrArray *notes_below(const struct across *a, bool brief)
{
	GPtrArray *notes = notes_new();

	if (brief)
		add_tallies(notes, a);
	add_legend(notes, a);
	for (guint i = 0; i < a->left_out->len; i++)
		notes_add(notes, "left out: %s", (const char *)a->left_out->pdata[i]);
	for (guint i = 0; i < a->pairs_count; i++) {
		const struct across_pair *pair = &a->pairs[i];

		if (!across_is_printed(a, pair))
			continue;
		add_pair_notes(notes, a, pair);
		add_kernel(notes, a->before->run, pair->before, "before");
		add_kernel(notes, a->after->run, pair->after, "after");
	}
	return notes;
}

static void render_page(enum page_format format, const struct across *a, GString *out)
{
	const struct page p = { format, out };
	g_autoptr(GPtrArray) above = notes_above(a, page_is_brief(&p));
	g_autoptr(GPtrArray) below = notes_below(a, page_is_brief(&p));
	g_autofree const char **before = notes_command(a->before->run);
	g_autofree const char **after = notes_command(a->after->run);

	page_notes(&p, above);
	for (guint i = 0; i < a->pairs_count; i++) {
		if (across_is_printed(a, &a->pairs[i]))
			print_pair(&p, a, &a->pairs[i]);
	}
	page_notes(&p, below);
	page_command(&p, before);
	page_command(&p, after);
}

static json_t *row_json(const struct across *a, const struct across_pair *pair, guint i)
{
	const struct across_row *row = row_at(a, i);
	const struct contrast *contrast = &pair->rows[i];
	json_t *object = json_object();

	data_text(object, "before_arm", pair->before->name);
	data_text(object, "after_arm", pair->after->name);
	data_text(object, "cell", row->row->name);
	data_text(object, "test", row->row->cell->test);
	data_count(object, "threads", row->row->threads);
	data_text(object, "verdict", contrast->missing ? NULL : verdict_name(contrast->verdict));
	data_contrast(object, contrast, a->after->counted);
	data_text(object, "missing", contrast->missing);
	data_series(object, "before", &pair->before->series[row->before]);
	data_series(object, "after", &pair->after->series[row->after]);
	return object;
}

static json_t *rows_json(const struct across *a)
{
	json_t *rows = json_array();

	for (guint i = 0; i < a->pairs_count * a->rows->len; i++) {
		const struct across_pair *pair = &a->pairs[i / a->rows->len];

		if (across_is_printed(a, pair))
			json_array_append_new(rows, row_json(a, pair, i % a->rows->len));
	}
	return rows;
}

static json_t *pairs_json(const struct across *a)
{
	json_t *pairs = json_array();

	for (guint i = 0; i < a->pairs_count; i++) {
		const struct across_pair *pair = &a->pairs[i];
		json_t *object;

		if (!across_is_printed(a, pair))
			continue;
		object = json_object();
		data_text(object, "before_arm", pair->before->name);
		data_text(object, "after_arm", pair->after->name);
		json_object_set_new(object, "failed",
				    json_boolean(pair->before->failed || pair->after->failed));
		json_object_set_new(object, "same_kernel", json_boolean(pair->confound->same_kernel));
		json_object_set_new(object, "refused", json_boolean(confound_refuses(pair->confound)));
		json_object_set_new(object, "differences", confound_json(pair->confound));
		json_array_append_new(pairs, object);
	}
	return pairs;
}

static void render_json(const struct across *a, GString *out)
{
	g_autojson object = json_object();
	g_autofree char *before = notes_run_name(a->before->run);
	g_autofree char *after = notes_run_name(a->after->run);

	data_count(object, "v", 1);
	data_text(object, "before", before);
	data_text(object, "after", after);
	data_text(object, "synthetic", json_text(a->after->run->manifest, "synthetic"));
	data_text(object, "gain", "100 (t(before) / t(after) - 1): + is faster");
	data_text(object, "metric", comparison_metric_name(a->after->metric));
	data_text(object, "unit", comparison_unit(a->after));
	data_text(object, "accel", json_text(a->after->run->manifest, "accel"));
	data_count(object, "family", a->family);
	data_number(object, "alpha", CONTRAST_ALPHA);
	json_object_set_new(object, "pairs", pairs_json(a));
	json_object_set_new(object, "rows", rows_json(a));
	data_json(object, out);
}

void across_table_render(const struct across *a, enum table_format format, GString *out)
{
	g_autojson rows = NULL;

	switch (format) {
	case TABLE_TEXT:
		render_page(PAGE_TEXT, a, out);
		break;
	case TABLE_MARKDOWN:
		render_page(PAGE_MARKDOWN, a, out);
		break;
	case TABLE_CSV:
		rows = rows_json(a);
		data_csv(rows, out);
		break;
	case TABLE_JSON:
		render_json(a, out);
		break;
	case TABLE_COVER:
		render_page(PAGE_COVER, a, out);
		break;
	}
}
