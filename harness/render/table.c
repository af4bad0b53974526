// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "contrast-cells.h"
#include "figure.h"
#include "notes.h"
#include "page.h"
#include "table-data.h"

static void add_cell(GPtrArray *rows, const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	const struct contrast *row = &arm->rows[cell];
	const struct plan_row *plan_row = c->cells->pdata[cell];
	g_autofree char *baseline = figure_time(c->baseline->failed ? NAN : c->baseline->series[cell].median);
	g_autofree char *candidate = figure_time(arm->failed ? NAN : arm->series[cell].median);
	g_autofree char *gain = contrast_cells_gain(row, c->counted);
	g_autofree char *range = contrast_cells_range(row, c->counted);

	page_add_row(rows, plan_row->name, baseline, candidate, gain, range, contrast_cells_mark(row), NULL);
}

static void print_arm(const struct page *p, const struct comparison *c, const struct comparison_arm *arm)
{
	const struct page_column columns[] = {
		{ "cell", 27, true },
		{ "baseline", FIGURE_TIME_WIDTH, false },
		{ "candidate", FIGURE_TIME_WIDTH, false },
		{ "gain %", FIGURE_GAIN_WIDTH, false },
		{ contrast_cells_range_title(c->counted), 16, false },
		{ "", 3, true },
	};
	g_autofree char *heading = notes_heading(c, arm);
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint cell = 0; cell < c->cells->len; cell++)
		add_cell(rows, c, arm, cell);
	page_heading(p, heading);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static void render_page(const struct page *p, const struct comparison *c, const struct comparison_arm *only)
{
	g_autoptr(GPtrArray) above = notes_above(c);
	g_autoptr(GPtrArray) below = notes_below(c, only);
	g_autofree const char **command = notes_command(c->run);

	page_notes(p, above);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (comparison_is_printed(&c->arms[i], only))
			print_arm(p, c, &c->arms[i]);
	}
	page_notes(p, below);
	page_command(p, command);
}

static void render_text(const struct comparison *c, const struct comparison_arm *only, GString *out)
{
	render_page(&(struct page){ PAGE_TEXT, out }, c, only);
}

static void render_markdown(const struct comparison *c, const struct comparison_arm *only, GString *out)
{
	render_page(&(struct page){ PAGE_MARKDOWN, out }, c, only);
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
