// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "figure.h"
#include "notes.h"
#include "table-data.h"
#include "wrap.h"

#define NAME_WIDTH 27

/* A row ready to be printed, whatever the format. */
struct printed_row {
	const char *name;		/* borrowed */
	char *baseline, *candidate, *gain, *range;
	const char *mark;
};

static void printed_row_clear(struct printed_row *row)
{
	g_free(row->baseline);
	g_free(row->candidate);
	g_free(row->gain);
	g_free(row->range);
}

static const char *const marks[] = {
	[VERDICT_IMPROVED] = "(I)",
	[VERDICT_REGRESSED] = "(R)",
	[VERDICT_EQUIVALENT] = "(=)",
	[VERDICT_CANNOT_TELL] = "(?)",
};

/* One boot has no spread that a percentage could be judged by; a count needs none. */
static char *print_gain(const struct comparison *c, const struct contrast *row)
{
	if (!row->missing && !c->counted && row->blocks < 2)
		return g_strdup_printf("n=%zu", row->blocks);
	return figure_gain(contrast_gain_pct(row->effect.estimate));
}

static char *print_interval(const struct contrast *row)
{
	g_autofree char *low = figure_gain(contrast_gain_pct(row->effect.low));
	g_autofree char *high = figure_gain(contrast_gain_pct(row->effect.high));

	if (row->missing)
		return g_strdup("n/a");
	if (!isfinite(row->effect.low))
		return g_strdup_printf("none, n=%zu", row->blocks);
	return g_strdup_printf("[%s, %s]", low, high);
}

static char *print_gate(const struct contrast *row)
{
	g_autofree char *gate = figure_gain(contrast_gain_pct(row->gate));

	return isnan(row->gate) ? g_strdup("n/a") : g_strdup_printf("+-%s", gate + 1);
}

static struct printed_row print_row(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	const struct contrast *row = &arm->rows[cell];
	const struct plan_row *plan_row = c->cells->pdata[cell];

	return (struct printed_row){
		.name = plan_row->name,
		.baseline = figure_time(c->baseline->failed ? NAN : c->baseline->series[cell].median),
		.candidate = figure_time(arm->failed ? NAN : arm->series[cell].median),
		.gain = print_gain(c, row),
		.range = c->counted ? print_gate(row) : print_interval(row),
		.mark = row->missing ? "n/a" : marks[row->verdict],
	};
}

static const char *range_title(const struct comparison *c)
{
	return c->counted ? "gate %" : "95 % interval";
}

/* A name too long for its column stands on a line of its own. */
static void text_line(GString *out, const char *name, const char *baseline, const char *candidate,
		      const char *gain, const char *range, const char *mark)
{
	bool fits = strlen(name) <= NAME_WIDTH;
	g_autofree char *line = NULL;

	if (!fits)
		wrap_words(out, name, TABLE_WIDTH, 4);
	line = g_strdup_printf("%-*s %*s %*s %*s %16s %s", NAME_WIDTH, fits ? name : "", FIGURE_TIME_WIDTH,
			       baseline, FIGURE_TIME_WIDTH, candidate, FIGURE_GAIN_WIDTH, gain, range, mark);
	g_string_append_printf(out, "%s\n", g_strchomp(line));
}

static void text_rule(GString *out)
{
	for (int i = 0; i < TABLE_WIDTH; i++)
		g_string_append_c(out, '-');
	g_string_append_c(out, '\n');
}

static void text_notes(GString *out, GPtrArray *notes)
{
	for (guint i = 0; i < notes->len; i++) {
		g_autofree char *ascii = wrap_ascii(notes->pdata[i]);

		wrap_words(out, ascii, TABLE_WIDTH, 2);
	}
}

static void text_table(GString *out, const struct comparison *c, const struct comparison_arm *arm)
{
	g_autofree char *heading = notes_heading(c, arm);

	g_string_append_c(out, '\n');
	wrap_words(out, heading, TABLE_WIDTH, 2);
	text_rule(out);
	text_line(out, "cell", "baseline", "candidate", "gain %", range_title(c), "");
	text_rule(out);
	for (guint cell = 0; cell < c->cells->len; cell++) {
		struct printed_row row = print_row(c, arm, cell);

		text_line(out, row.name, row.baseline, row.candidate, row.gain, row.range, row.mark);
		printed_row_clear(&row);
	}
	text_rule(out);
}

static void text_command(GString *out, const struct comparison *c)
{
	const char **argv = notes_command(c->run);

	if (!argv)
		return;
	g_string_append(out, "reproduce:\n");
	wrap_command(out, argv, TABLE_WIDTH);
	g_free(argv);
}

/* What a reader of Markdown would take for markup. */
static void markdown_append(GString *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*<>|[]#", *text))
			g_string_append_c(out, '\\');
		g_string_append_c(out, g_ascii_iscntrl(*text) ? ' ' : *text);
	}
}

static void markdown_notes(GString *out, GPtrArray *notes)
{
	for (guint i = 0; i < notes->len; i++) {
		g_string_append(out, "- ");
		markdown_append(out, notes->pdata[i]);
		g_string_append_c(out, '\n');
	}
}

static void markdown_table(GString *out, const struct comparison *c, const struct comparison_arm *arm)
{
	g_autofree char *heading = notes_heading(c, arm);

	g_string_append(out, "\n### ");
	markdown_append(out, heading);
	g_string_append_printf(
		out, "\n\n| cell | baseline | candidate | gain %% | %s | |\n|---|---:|---:|---:|---:|---|\n",
		range_title(c));
	for (guint cell = 0; cell < c->cells->len; cell++) {
		struct printed_row row = print_row(c, arm, cell);

		g_string_append_printf(out, "| %s | %s | %s | %s | %s | %s |\n", row.name, row.baseline,
				       row.candidate, row.gain, row.range, row.mark);
		printed_row_clear(&row);
	}
	g_string_append_c(out, '\n');
}

static void markdown_command(GString *out, const struct comparison *c)
{
	const char **argv = notes_command(c->run);
	g_autofree char *command = argv ? exec_quote(argv) : NULL;

	if (command)
		g_string_append_printf(out, "\n    %s\n", command);
	g_free(argv);
}

/* The two formats that people read differ in how a paragraph, a table and a command look. */
struct page_style {
	void (*notes)(GString *out, GPtrArray *notes);
	void (*table)(GString *out, const struct comparison *c, const struct comparison_arm *arm);
	void (*command)(GString *out, const struct comparison *c);
};

static void render_page(const struct page_style *style, const struct comparison *c,
			const struct comparison_arm *only, GString *out)
{
	g_autoptr(GPtrArray) above = notes_above(c);
	g_autoptr(GPtrArray) below = notes_below(c, only);

	style->notes(out, above);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (comparison_is_printed(&c->arms[i], only))
			style->table(out, c, &c->arms[i]);
	}
	style->notes(out, below);
	style->command(out, c);
}

static void render_text(const struct comparison *c, const struct comparison_arm *only, GString *out)
{
	render_page(&(struct page_style){ text_notes, text_table, text_command }, c, only, out);
}

static void render_markdown(const struct comparison *c, const struct comparison_arm *only, GString *out)
{
	render_page(&(struct page_style){ markdown_notes, markdown_table, markdown_command }, c, only, out);
}

static const struct {
	const char *name;
	void (*render)(const struct comparison *c, const struct comparison_arm *only, GString *out);
} formats[] = {
	[TABLE_TEXT] = { "text", render_text },
	[TABLE_MARKDOWN] = { "markdown", render_markdown },
	[TABLE_CSV] = { "csv", table_data_csv },
	[TABLE_JSON] = { "json", table_data_json },
};

bool table_format_parse(const char *name, enum table_format *ret_format, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
		if (!strcmp(formats[i].name, name)) {
			*ret_format = i;
			return true;
		}
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--format: \"%s\" is not known; expected text, markdown, csv or json", name);
	return false;
}

void table_render(const struct comparison *c, enum table_format format, const struct comparison_arm *arm,
		  GString *out)
{
	formats[format].render(c, arm, out);
}
