/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define PAGE_WIDTH 75		/* survives every mail client */

/* The formats that people read: how a paragraph, a table and a command look. */
enum page_format {
	PAGE_TEXT,		/* plain ASCII in lines of at most PAGE_WIDTH */
	PAGE_MARKDOWN,
	PAGE_COVER,		/* text without rules of dashes, and less of it: for a patch mail */
	PAGE_HTML,		/* pieces of the page of `vmapbench report` */
};

struct page {
	enum page_format format;
	GString *out;		/* borrowed; everything is appended */
};

/* Whether only what a reader of a patch mail needs is to be said. */
static inline bool page_is_brief(const struct page *p)
{
	return p->format == PAGE_COVER;
}

/*
 * Text: as wide as @width (a wider cell pushes the rest of its line; a wider first cell stands on a line of its
 * own). The widths and a blank between each two columns are PAGE_WIDTH together.
 */
struct page_column {
	const char *title;
	int width;
	bool left;		/* aligned */
};

/* A new array of rows: char ** of as many cells as the table has columns, or fewer; the array owns them. */
GPtrArray *page_rows_new(void);

/* Appends a row of the cells given, NULL-ended; they are copied. */
void page_add_row(GPtrArray *rows, ...) G_GNUC_NULL_TERMINATED;

/* Over several tables that belong together. */
void page_section(const struct page *p, const char *text);
void page_heading(const struct page *p, const char *text);

void page_note(const struct page *p, const char *note);

/* One paragraph for each of @notes (char *, UTF-8). */
void page_notes(const struct page *p, const GPtrArray *notes);
void page_table(const struct page *p, const struct page_column *columns, guint count, const GPtrArray *rows);

/* The lines (char *, UTF-8) of a unified diff. */
void page_diff(const struct page *p, const GPtrArray *lines);

/* A command to be pasted into a shell; nothing when @argv is NULL. */
void page_command(const struct page *p, const char *const *argv);
