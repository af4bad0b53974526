/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "page.h"

/* The format PAGE_HTML of page.h: pieces of a page, whose style sheet is that of harness/report/. */
void page_html_section(GString *out, const char *text);
void page_html_heading(GString *out, const char *text);
void page_html_note(GString *out, const char *note);
void page_html_table(GString *out, const struct page_column *columns, guint count, const GPtrArray *rows);
void page_html_diff(GString *out, const GPtrArray *lines);
void page_html_command(GString *out, const char *const *argv);

/* The begin of a table, and its end: a box that scrolls by itself, also by keys, called @label. */
void page_html_open_table(GString *out, const char *label, const char *class);
/* Its heads, of the titles and sides of , and the begin of its rows. */
void page_html_head(GString *out, const struct page_column *columns, guint count);
void page_html_close_table(GString *out);

/* The class of a cell that holds the mark of a verdict (contrast_cells_mark()), else NULL; static. */
const char *page_html_mark_class(const char *mark);
