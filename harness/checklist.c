// SPDX-License-Identifier: GPL-2.0-only
#include "checklist.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/tty.h"

#define TABLE_WIDTH 79
#define TEXT_COLUMN 24

/* A narrower terminal makes it narrower. */
static size_t table_width(void)
{
	guint columns, rows;

	if (!tty_can_redraw(STDOUT_FILENO))
		return TABLE_WIDTH;
	tty_size(STDOUT_FILENO, &columns, &rows);
	return MIN(columns, TABLE_WIDTH);
}

/* @text, wrapped between words from @left on; the cursor stands at @column for the first line. */
static void print_wrapped(const char *text, size_t left, size_t column)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	size_t width = table_width();

	for (char **word = words; *word; word++) {
		size_t length = text_width(*word);

		if (word == words) {
			printf("%s", *word);
		} else if (column + 1 + length <= width) {
			printf(" %s", *word);
			column++;
		} else {
			printf("\n%*s%s", (int)left, "", *word);
			column = left;
		}
		column += length;
	}
	printf("\n");
}

static void print_note(const char *label, const char *text)
{
	g_autofree char *note = g_strconcat(label, text, NULL);

	if (!text)
		return;
	printf("%*s", TEXT_COLUMN, "");
	print_wrapped(note, TEXT_COLUMN, TEXT_COLUMN);
}

static enum tty_style style_of(const char *mark)
{
	if (!strcmp(mark, "ok"))
		return TTY_GOOD;
	return strcmp(mark, "missing") ? TTY_WARNING : TTY_BAD;
}

void checklist_print(const struct checklist_line *line)
{
	printf("%s%-9s%s%-15s", tty_begin(STDOUT_FILENO, style_of(line->mark)), line->mark,
	       tty_end(STDOUT_FILENO), line->name);
	print_wrapped(line->found, TEXT_COLUMN, TEXT_COLUMN);
	print_note("costs: ", line->costs);
	print_note("do: ", line->remedy);
}

void checklist_print_text(const char *label, const char *text)
{
	printf("%s ", label);
	print_wrapped(text, 0, strlen(label) + 1);
}
