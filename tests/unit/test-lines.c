// SPDX-License-Identifier: GPL-2.0-only
#include "runners/lines.h"

#include <string.h>

#define LONGEST 8

static const struct {
	const char *fed;
	const char *lines;	/* each with a '|' behind it */
	bool overflowed;
} feeds[] = {
	{ "", "", false },
	{ "a", "", false },
	{ "a\n", "a|", false },
	{ "\n\n", "||", false },
	{ "a\nb\nc", "a|b|", false },
	{ "1234567\n", "1234567|", false },
	{ "1234567", "", false },
	{ "12345678", "", true },
	{ "12345678\n", "", true },
	{ "a\n1234567\nb\n", "a|1234567|b|", false },
	{ "a\n12345678\nb\n", "a|", true },
	{ "a\r\n", "a\r|", false },
	{ "\xff\xfe\n", "\xff\xfe|", false },
};

static char *take_all(struct lines *l)
{
	GString *all = g_string_new(NULL);
	char *line;

	while ((line = lines_next(l))) {
		g_string_append_printf(all, "%s|", line);
		g_free(line);
	}
	return g_string_free(all, FALSE);
}

static void test_feeds(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(feeds); i++) {
		g_autofree char *lines = NULL;
		struct lines l;

		lines_init(&l, LONGEST);
		lines_feed(&l, feeds[i].fed, strlen(feeds[i].fed));
		lines = take_all(&l);
		g_assert_cmpstr(lines, ==, feeds[i].lines);
		g_assert_cmpint(lines_overflowed(&l), ==, feeds[i].overflowed);
		g_assert_null(lines_next(&l));
		lines_release(&l);
	}
}

/* However the bytes are cut into pieces, the lines are the same. */
static void test_pieces(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(feeds); i++) {
		for (size_t piece = 1; piece <= 5; piece++) {
			g_autoptr(GString) all = g_string_new(NULL);
			size_t length = strlen(feeds[i].fed);
			struct lines l;

			lines_init(&l, LONGEST);
			for (size_t at = 0; at < length; at += piece) {
				g_autofree char *lines = NULL;

				lines_feed(&l, feeds[i].fed + at, MIN(piece, length - at));
				lines = take_all(&l);
				g_string_append(all, lines);
			}
			g_assert_cmpstr(all->str, ==, feeds[i].lines);
			g_assert_cmpint(lines_overflowed(&l), ==, feeds[i].overflowed);
			lines_release(&l);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lines/feeds", test_feeds);
	g_test_add_func("/lines/pieces", test_pieces);
	return g_test_run();
}
