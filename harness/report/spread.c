// SPDX-License-Identifier: GPL-2.0-only
#include "spread.h"

#include <math.h>

#include "number.h"
#include "render/html.h"
#include "render/notes.h"
#include "render/page-html.h"
#include "render/timed-notes.h"

static void add_percent(GString *out, double percent)
{
	g_autofree char *shown = isnan(percent) ? g_strdup("n/a") : g_strdup_printf("%.2f", percent);

	number_cell(out, percent, shown);
}

static void add_number(GString *out, double number, const char *format)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	number_cell(out, number, isnan(number) ? "n/a" : g_ascii_formatd(text, sizeof(text), format, number));
}

static void add_series(const struct comparison *c, const struct comparison_arm *arm, guint cell, GString *out)
{
	const struct series *s = &arm->series[cell];

	html_add(out, "<tr><th scope=\"row\">%s</th><td>%s</td><td class=\"number\">%u</td>",
		 comparison_cell(c, cell), arm->name, s->figures->len);
	add_percent(out, contrast_gain_pct(sqrt(s->spread.between)));
	add_percent(out, contrast_gain_pct(sqrt(s->spread.within)));
	add_number(out, s->drift.tau, "%+.2f");
	add_number(out, s->drift.p, "%.2g");
	g_string_append(out, "</tr>\n");
}

static void add_table(const struct comparison *c, GString *out)
{
	static const struct page_column columns[] = {
		{ "row", 0, true },
		{ "arm", 0, true },
		{ "boots", 0, false },
		{ "between boots, sd %", 0, false },
		{ "within a boot, sd %", 0, false },
		{ "drift, tau", 0, false },
		{ "p of no drift", 0, false },
	};

	g_string_append(out, "<details><summary>Row by row</summary>\n");
	page_html_open_table(out, "spread and drift of each row and arm", "spread");
	page_html_head(out, columns, G_N_ELEMENTS(columns));
	for (guint cell = 0; cell < c->cells->len; cell++) {
		for (unsigned int i = 0; i < c->arms_count; i++)
			add_series(c, &c->arms[i], cell, out);
	}
	page_html_close_table(out);
	g_string_append(out, "</details>\n");
}

void spread_add(const struct view *v, GString *out)
{
	const struct comparison *c = v->findings->comparison;
	const struct page page = { PAGE_HTML, out };
	g_autoptr(GPtrArray) notes = notes_new();

	timed_notes_add_spread(notes, c);
	if (!notes->len)
		return;
	page_notes(&page, notes);
	add_table(c, out);
}
