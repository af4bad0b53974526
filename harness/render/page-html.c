// SPDX-License-Identifier: GPL-2.0-only
#include "page-html.h"

#include <string.h>

#include "base/exec.h"
#include "html.h"

void page_html_section(GString *out, const char *text)
{
	html_element(out, "h3", text);
}

void page_html_heading(GString *out, const char *text)
{
	html_element(out, "h4", text);
}

/* "WARNING: ...", "NOT REPEATABLE: ...": what begins so is not overlooked. */
static bool is_alarm(const char *note)
{
	gsize capitals = strspn(note, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ");

	return capitals > 3 && (note[capitals] == ':' || note[capitals] == ',');
}

void page_html_note(GString *out, const char *note)
{
	html_element(out, is_alarm(note) ? "p class=\"note alarm\"" : "p class=\"note\"", note);
}

const char *page_html_mark_class(const char *mark)
{
	static const struct {
		const char *mark, *class;
	} marks[] = {
		{ "(I)", "improved" },
		{ "(R)", "regressed" },
		{ "(=)", "equivalent" },
		{ "(?)", "open" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (!strcmp(marks[i].mark, mark))
			return marks[i].class;
	}
	return NULL;
}

void page_html_open_table(GString *out, const char *label, const char *class)
{
	html_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n", label);
	html_add(out, "<table class=\"%s\">\n<caption>%s</caption>\n", class, label);
}

void page_html_close_table(GString *out)
{
	g_string_append(out, "</tbody>\n</table>\n</div>\n");
}

void page_html_head(GString *out, const struct page_column *columns, guint count)
{
	g_string_append(out, "<thead><tr>");
	for (guint i = 0; i < count; i++) {
		html_open(out, "th scope=\"col\"", columns[i].left ? NULL : "number");
		html_add(out, "%s</th>", columns[i].title);
	}
	g_string_append(out, "</tr></thead>\n<tbody>\n");
}

static void add_cell(GString *out, const struct page_column *column, const char *cell)
{
	const char *class = page_html_mark_class(cell);

	html_open(out, "td", class || column->left ? NULL : "number");
	if (class)
		html_add(out, "<span class=\"mark %s\">%s</span></td>", class, cell);
	else
		html_add(out, "%s</td>", cell);
}

/* How far a name is indented is its place below others. */
static const char *depth_class(ptrdiff_t blanks)
{
	return blanks > 2 ? "below deeper" : blanks > 0 ? "below" : NULL;
}

/* Cells after the last are empty; a row of one cell is a head over those that follow. */
static void add_row(GString *out, const struct page_column *columns, guint count, char **cells)
{
	guint given = g_strv_length(cells);
	const char *name = cells[0] + strspn(cells[0], " ");

	if (given == 1) {
		html_add(out, "<tr class=\"head\"><th scope=\"row\" colspan=\"%u\">%s</th></tr>\n", count,
			 name);
		return;
	}
	g_string_append(out, "<tr>");
	html_open(out, "th scope=\"row\"", depth_class(name - cells[0]));
	html_add(out, "%s</th>", name);
	for (guint i = 1; i < count; i++)
		add_cell(out, &columns[i], i < given ? cells[i] : "");
	g_string_append(out, "</tr>\n");
}

/* A column that has no title on paper needs one for those who hear it. */
static const char *untitled(guint column, const GPtrArray *rows)
{
	for (guint i = 0; i < rows->len; i++) {
		char **cells = rows->pdata[i];

		if (column < g_strv_length(cells) && page_html_mark_class(cells[column]))
			return "verdict";
	}
	return "remark";
}

void page_html_table(GString *out, const struct page_column *columns, guint count, const GPtrArray *rows)
{
	g_autofree struct page_column *titled = g_memdup2(columns, count * sizeof(*columns));

	for (guint i = 0; i < count; i++) {
		if (!*titled[i].title)
			titled[i].title = untitled(i, rows);
	}
	page_html_open_table(out, columns[0].title, "plain");
	page_html_head(out, titled, count);
	for (guint i = 0; i < rows->len; i++)
		add_row(out, columns, count, rows->pdata[i]);
	page_html_close_table(out);
}

void page_html_diff(GString *out, const GPtrArray *lines)
{
	g_string_append(out, "<pre class=\"diff\" tabindex=\"0\">");
	for (guint i = 0; i < lines->len; i++)
		html_add(out, "%s\n", (const char *)lines->pdata[i]);
	g_string_append(out, "</pre>\n");
}

void page_html_command(GString *out, const char *const *argv)
{
	g_autofree char *command = exec_quote(argv);

	html_element(out, "pre class=\"command\" tabindex=\"0\"", command);
}
