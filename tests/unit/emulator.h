/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <string.h>

/*
 * As much of a terminal as this program uses, to see what a person would: letters of one column, CR, LF, cursor
 * up, erase in line and below, and colours, which are counted. Anything else is refused by an assertion.
 */
#define EMULATOR_COLUMNS_MAX 200
#define EMULATOR_ROWS_MAX 200

struct emulator {
	guint columns;
	char cells[EMULATOR_ROWS_MAX][EMULATOR_COLUMNS_MAX];
	guint row, column;	/* of the cursor */
	guint wraps;		/* letters that had no room in their line */
	guint colours;
};

static inline void emulator_erase(struct emulator *e, guint row, guint from)
{
	memset(e->cells[row] + from, ' ', EMULATOR_COLUMNS_MAX - from);
}

static inline void emulator_init(struct emulator *e, guint columns)
{
	*e = (struct emulator){ .columns = columns };
	for (guint row = 0; row < EMULATOR_ROWS_MAX; row++)
		emulator_erase(e, row, 0);
}

static inline void emulator_put(struct emulator *e, char letter)
{
	g_assert_false(g_ascii_iscntrl(letter));
	if (e->column == e->columns) {
		e->wraps++;
		e->row++;
		e->column = 0;
	}
	g_assert_cmpuint(e->row, <, EMULATOR_ROWS_MAX);
	e->cells[e->row][e->column++] = letter;
}

/* The sequence at @text, behind its ESC; returns its last letter. */
static inline const char *emulator_control(struct emulator *e, const char *text)
{
	char *end;
	guint64 number;

	g_assert_cmpint(*text, ==, '[');
	number = g_ascii_strtoull(text + 1, &end, 10);
	switch (*end) {
	case 'A':
		g_assert_cmpuint(number, <=, e->row);
		e->row -= number;
		break;
	case 'J':
		for (guint row = e->row + 1; row < EMULATOR_ROWS_MAX; row++)
			emulator_erase(e, row, 0);
		/* fall through */
	case 'K':
		g_assert_cmpuint(number, ==, 0);
		emulator_erase(e, e->row, e->column);
		break;
	case 'm':
		e->colours++;
		break;
	default:
		g_error("a terminal was sent ESC %s", text);
	}
	return end;
}

static inline void emulator_feed(struct emulator *e, const char *text)
{
	for (; *text; text++) {
		if (*text == '\r')
			e->column = 0;
		else if (*text == '\n')
			e->row++;
		else if (*text == '\033')
			text = emulator_control(e, text + 1);
		else
			emulator_put(e, *text);
	}
}

/* What is seen, without blanks at the ends. Caller frees. */
static inline char *emulator_text(const struct emulator *e)
{
	GString *text = g_string_new(NULL);

	for (guint row = 0; row < EMULATOR_ROWS_MAX; row++) {
		g_autofree char *line = g_strndup(e->cells[row], e->columns);

		g_string_append_printf(text, "%s\n", g_strchomp(line));
	}
	while (g_str_has_suffix(text->str, "\n\n"))
		g_string_truncate(text, text->len - 1);
	return g_string_free(text, FALSE);
}
