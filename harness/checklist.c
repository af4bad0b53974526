// SPDX-License-Identifier: GPL-2.0-only
#include "checklist.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define TABLE_WIDTH 79
#define TEXT_COLUMN 24

/* @text, wrapped between words from @left on; the cursor stands at @column for the first line. */
static void print_wrapped(const char *text, size_t left, size_t column)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	for (char **word = words; *word; word++) {
		size_t length = (size_t)g_utf8_strlen(*word, -1);

		if (word == words) {
			printf("%s", *word);
		} else if (column + 1 + length <= TABLE_WIDTH) {
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

void checklist_print(const struct checklist_line *line)
{
	printf("%-9s%-15s", line->mark, line->name);
	print_wrapped(line->found, TEXT_COLUMN, TEXT_COLUMN);
	print_note("costs: ", line->costs);
	print_note("do: ", line->remedy);
}

void checklist_print_text(const char *label, const char *text)
{
	printf("%s ", label);
	print_wrapped(text, 0, strlen(label) + 1);
}
