// SPDX-License-Identifier: GPL-2.0-only
#include "wrap.h"

#include <string.h>

#include "base/exec.h"

/* The beginnings of a line that git, patch, an mbox or a mail client take for something else. */
static const char *const eaten[] = {
	"--", "diff ", "Index: ", "From ", ">", "+++ ", "@@ ", "GIT binary patch",
};

bool wrap_is_eaten(const char *line)
{
	for (size_t i = 0; i < G_N_ELEMENTS(eaten); i++) {
		if (g_str_has_prefix(line, eaten[i]))
			return true;
	}
	return false;
}

char *wrap_ascii(const char *text)
{
	char *ascii = g_str_to_ascii(text, "C");

	for (char *c = ascii; *c; c++) {
		if (!g_ascii_isprint(*c))
			*c = '?';
	}
	return ascii;
}

static void end_line(GString *out)
{
	while (out->len && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

static void new_line(GString *out, guint indent, guint *column)
{
	end_line(out);
	g_string_append_printf(out, "%*s", (int)indent, "");
	*column = indent;
}

static void append_word(GString *out, const char *word, bool first, guint width, guint indent, guint *column)
{
	size_t length = strlen(word);

	/* Between two blanks there is a word of no length, for which no line is begun. */
	if (!first && !length && *column + 1 > width)
		return;
	if (!first && *column + 1 + length > width) {
		new_line(out, indent, column);
	} else if (!first) {
		g_string_append_c(out, ' ');
		(*column)++;
	}
	while (*column + length > width) {
		size_t fits = width - *column;

		g_string_append_len(out, word, fits);
		word += fits;
		length -= fits;
		new_line(out, indent, column);
	}
	g_string_append(out, word);
	*column += length;
}

void wrap_words(GString *out, const char *text, guint width, guint indent)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	guint column = wrap_is_eaten(text) ? indent : 0;

	g_string_append_printf(out, "%*s", (int)column, "");
	for (char **word = words; *word; word++)
		append_word(out, *word, word == words, width, indent, &column);
	end_line(out);
}

/* One byte of a word as it stands inside of '...', or of bash's $'...' when the word is not ASCII. Caller
 * frees. */
static char *quote_byte(char byte, bool ascii)
{
	if (ascii)
		return byte == '\'' ? g_strdup("'\\''") : g_strdup_printf("%c", byte);
	if (g_ascii_isprint(byte) && byte != '\'' && byte != '\\')
		return g_strdup_printf("%c", byte);
	return g_strdup_printf("\\%03o", (unsigned char)byte);
}

/* A word that needs quotes: each line of it has quotes of its own, and a backslash joins them. */
static void append_quoted(GString *out, const char *word, guint width, guint *column)
{
	bool ascii = g_str_is_ascii(word);
	const char *open = ascii ? "'" : "$'";

	g_string_append(out, open);
	*column += strlen(open);
	for (; *word; word++) {
		g_autofree char *atom = quote_byte(*word, ascii);

		if (*column + strlen(atom) + 1 > width - 2) {
			g_string_append_printf(out, "'\\\n%s", open);
			*column = strlen(open);
		}
		g_string_append(out, atom);
		*column += strlen(atom);
	}
	g_string_append_c(out, '\'');
	(*column)++;
}

static bool needs_quotes(const char *word, guint width, guint column)
{
	g_autofree char *quoted = exec_quote((const char *const[]){ word, NULL });
	g_autofree char *line = g_strconcat(word, " ", NULL);

	return strcmp(quoted, word) != 0 || !g_str_is_ascii(word) || column + strlen(word) > width ||
	       (column == 0 && wrap_is_eaten(line));
}

static void append_argument(GString *out, const char *word, guint width, guint *column)
{
	if (needs_quotes(word, width - 2, *column)) {
		append_quoted(out, word, width, column);
		return;
	}
	g_string_append(out, word);
	*column += strlen(word);
}

void wrap_command(GString *out, const char *const *argv, guint width)
{
	guint column = 0;

	for (guint i = 0; argv[i]; i++) {
		if (i > 0 && column + 1 + strlen(argv[i]) > width - 2) {
			g_string_append(out, " \\\n    ");
			column = 4;
		} else if (i > 0) {
			g_string_append_c(out, ' ');
			column++;
		}
		append_argument(out, argv[i], width, &column);
	}
	g_string_append_c(out, '\n');
}
