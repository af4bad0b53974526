// SPDX-License-Identifier: GPL-2.0-only
#include "page.h"

#include <string.h>

#include "base/exec.h"
#include "page-html.h"
#include "wrap.h"

#define INDENT_MIN 4	/* of a first cell that stands on a line of its own */

GPtrArray *page_rows_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
}

void page_add_row(GPtrArray *rows, ...)
{
	g_autoptr(GPtrArray) cells = g_ptr_array_new();
	const char *cell;
	va_list args;

	va_start(args, rows);
	while ((cell = va_arg(args, const char *)))
		g_ptr_array_add(cells, g_strdup(cell));
	va_end(args);
	g_ptr_array_add(cells, NULL);
	g_ptr_array_add(rows, g_ptr_array_steal(cells, NULL));
}

static void text_heading(GString *out, const char *text)
{
	g_autofree char *ascii = wrap_ascii(text);

	/* A table of a cover letter ends with an empty line already. */
	if (!g_str_has_suffix(out->str, "\n\n"))
		g_string_append_c(out, '\n');
	wrap_words(out, ascii, PAGE_WIDTH, 2);
}

static void text_section(GString *out, const char *text)
{
	g_autofree char *rule = g_strnfill(PAGE_WIDTH, '=');

	g_string_append_printf(out, "\n%s", rule);
	text_heading(out, text);
	g_string_append_printf(out, "%s\n", rule);
}

static void text_note(GString *out, const char *note)
{
	g_autofree char *ascii = wrap_ascii(note);

	wrap_words(out, ascii, PAGE_WIDTH, 2);
}

static void text_rule(GString *out)
{
	for (int i = 0; i < PAGE_WIDTH; i++)
		g_string_append_c(out, '-');
	g_string_append_c(out, '\n');
}

/* Whether a line may begin with the cell @text and a blank. */
static bool fits_column(const struct page_column *column, const char *text)
{
	g_autofree char *begin = g_strconcat(text, " ", NULL);

	return strlen(text) <= (size_t)column->width && !wrap_is_eaten(begin);
}

/* Cells after the last are empty, and nothing ends with blanks. */
static void text_row(GString *out, const struct page_column *columns, guint count, const char *const *cells)
{
	bool fits = fits_column(&columns[0], cells[0]), ended = false;
	g_autoptr(GString) line = g_string_new(NULL);

	if (!fits)
		wrap_words(out, cells[0], PAGE_WIDTH, INDENT_MIN);
	for (guint i = 0; i < count && !ended; i++) {
		ended = !cells[i];
		g_string_append_printf(line, "%s%*s", i ? " " : "",
				       columns[i].left ? -columns[i].width : columns[i].width,
				       ended || (i == 0 && !fits) ? "" : cells[i]);
	}
	g_strchomp(line->str);
	if (*line->str)
		g_string_append_printf(out, "%s\n", line->str);
}

static const char **titles_of(const struct page_column *columns, guint count)
{
	const char **titles = g_new0(const char *, count + 1);

	for (guint i = 0; i < count; i++)
		titles[i] = columns[i].title;
	return titles;
}

static void text_table(GString *out, const struct page_column *columns, guint count, const GPtrArray *rows)
{
	g_autofree const char **titles = titles_of(columns, count);

	text_rule(out);
	text_row(out, columns, count, titles);
	text_rule(out);
	for (guint i = 0; i < rows->len; i++)
		text_row(out, columns, count, rows->pdata[i]);
	text_rule(out);
}

/* As text_table() with a rule less: lines of dashes mean something where this goes. */
static void cover_table(GString *out, const struct page_column *columns, guint count, const GPtrArray *rows)
{
	g_autofree const char **titles = titles_of(columns, count);
	g_autofree char *rule = g_strnfill(PAGE_WIDTH, '=');

	text_row(out, columns, count, titles);
	g_string_append_printf(out, "%s\n", rule);
	for (guint i = 0; i < rows->len; i++)
		text_row(out, columns, count, rows->pdata[i]);
	g_string_append_c(out, '\n');
}

static void text_command(GString *out, const char *const *argv)
{
	g_string_append(out, "reproduce:\n");
	wrap_command(out, argv, PAGE_WIDTH);
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

static void markdown_title(GString *out, const char *level, const char *text)
{
	g_string_append_printf(out, "\n%s ", level);
	markdown_append(out, text);
	g_string_append_c(out, '\n');
}

static void markdown_section(GString *out, const char *text)
{
	markdown_title(out, "##", text);
	g_string_append_c(out, '\n');
}

static void markdown_heading(GString *out, const char *text)
{
	markdown_title(out, "###", text);
}

static void markdown_note(GString *out, const char *note)
{
	g_string_append(out, "- ");
	markdown_append(out, note);
	g_string_append_c(out, '\n');
}

/* Blanks that indent a name are markup too: they are left out. */
static void markdown_row(GString *out, guint count, const char *const *cells)
{
	bool ended = false;

	for (guint i = 0; i < count; i++) {
		ended = ended || !cells[i];
		g_string_append(out, i ? " | " : "| ");
		if (i == 0)
			markdown_append(out, cells[i] + strspn(cells[i], " "));
		else
			g_string_append(out, ended ? "" : cells[i]);
		if (ended || !*cells[i])
			g_string_truncate(out, out->len - 1);
	}
	g_string_append(out, " |\n");
}

static void markdown_table(GString *out, const struct page_column *columns, guint count, const GPtrArray *rows)
{
	g_autofree const char **titles = titles_of(columns, count);

	g_string_append_c(out, '\n');
	markdown_row(out, count, titles);
	for (guint i = 0; i < count; i++)
		g_string_append(out, columns[i].left ? "|---" : "|---:");
	g_string_append(out, "|\n");
	for (guint i = 0; i < rows->len; i++)
		markdown_row(out, count, rows->pdata[i]);
	g_string_append_c(out, '\n');
}

static void markdown_command(GString *out, const char *const *argv)
{
	g_autofree char *command = exec_quote(argv);

	g_string_append_printf(out, "\n    %s\n", command);
}

/* Indented: `git am` would take a line that begins with "--- " for the begin of a patch. */
static void text_diff(GString *out, const GPtrArray *lines)
{
	for (guint i = 0; i < lines->len; i++) {
		g_autofree char *ascii = wrap_ascii(lines->pdata[i]);
		g_autofree char *indented = g_strconcat("    ", ascii, NULL);

		wrap_words(out, indented, PAGE_WIDTH, 2 * INDENT_MIN);
	}
	g_string_append_c(out, '\n');
}

/* What stands in a fence is no markup but for the fence itself. */
static void markdown_diff(GString *out, const GPtrArray *lines)
{
	g_string_append(out, "\n```diff\n");
	for (guint i = 0; i < lines->len; i++) {
		g_autofree char *line = g_strdelimit(g_strdup(lines->pdata[i]), "\r\n`", ' ');

		g_string_append_printf(out, "%s\n", line);
	}
	g_string_append(out, "```\n");
}

static const struct {
	void (*section)(GString *out, const char *text);
	void (*heading)(GString *out, const char *text);
	void (*note)(GString *out, const char *note);
	void (*table)(GString *out, const struct page_column *columns, guint count, const GPtrArray *rows);
	void (*diff)(GString *out, const GPtrArray *lines);
	void (*command)(GString *out, const char *const *argv);
} styles[] = {
	[PAGE_TEXT] = { text_section, text_heading, text_note, text_table, text_diff, text_command },
	[PAGE_MARKDOWN] = { markdown_section, markdown_heading, markdown_note, markdown_table, markdown_diff,
			    markdown_command },
	[PAGE_COVER] = { text_section, text_heading, text_note, cover_table, text_diff, text_command },
	[PAGE_HTML] = { page_html_section, page_html_heading, page_html_note, page_html_table, page_html_diff,
			page_html_command },
};

void page_section(const struct page *p, const char *text)
{
	styles[p->format].section(p->out, text);
}

void page_heading(const struct page *p, const char *text)
{
	styles[p->format].heading(p->out, text);
}

void page_note(const struct page *p, const char *note)
{
	styles[p->format].note(p->out, note);
}

void page_notes(const struct page *p, const GPtrArray *notes)
{
	for (guint i = 0; i < notes->len; i++)
		page_note(p, notes->pdata[i]);
}

void page_table(const struct page *p, const struct page_column *columns, guint count, const GPtrArray *rows)
{
	styles[p->format].table(p->out, columns, count, rows);
}

void page_diff(const struct page *p, const GPtrArray *lines)
{
	styles[p->format].diff(p->out, lines);
}

void page_command(const struct page *p, const char *const *argv)
{
	if (argv)
		styles[p->format].command(p->out, argv);
}
