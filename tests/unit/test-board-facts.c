// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/facts.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "runners/board/good.h"
#include "runners/board/history.h"

/* What a board answers, which may be anything. */

#define BOOT_ID "boot_id 1c7b0d5e-8a2f-4a6e-9d53-5b1f0c2a7e11\n"
#define NOTES "notes 040000000400000003000000474e5500deadbeef\n"
#define REST \
	"free_bytes 1048576\ntaint 4096\ncpus 2\nmemory_kib 2011000\n"
#define GOOD BOOT_ID "release 6.1.0-50-arm64\nversion #1 SMP Debian\n" NOTES "cmdline root=/dev/vda2 quiet\n" REST

static void test_good(void)
{
	g_auto(facts) f = { 0 };

	g_assert_true(facts_parse("motd of a board\n" GOOD, &f, NULL));
	g_assert_cmpstr(f.boot_id, ==, "1c7b0d5e-8a2f-4a6e-9d53-5b1f0c2a7e11");
	g_assert_cmpstr(f.release, ==, "6.1.0-50-arm64");
	g_assert_cmpstr(f.version, ==, "#1 SMP Debian");
	g_assert_cmpstr(f.build_id, ==, "deadbeef");
	g_assert_cmpstr(f.cmdline, ==, "root=/dev/vda2 quiet");
	g_assert_null(f.token);
	g_assert_cmpuint(f.free_bytes, ==, 1048576);
	g_assert_cmpuint(f.taint, ==, 4096);
	g_assert_cmpuint(f.cpus, ==, 2);
	g_assert_cmpuint(f.memory_kib, ==, 2011000);
}

static void test_token(void)
{
	g_auto(facts) f = { 0 };

	g_assert_true(facts_parse(BOOT_ID "release 7.3.4\nversion #1\nnotes \ncmdline a " FACTS_TOKEN "xyz b\n" REST, &f,
				  NULL));
	g_assert_cmpstr(f.token, ==, "xyz");
	g_assert_null(f.build_id);
}

static const char *const nonsense[] = {
	"",
	"sh: cat: not found",
	"boot_id x\nrelease 1\nversion #1\ncmdline \n" REST,
	BOOT_ID "release $(reboot)\nversion #1\ncmdline x\n" REST,
	BOOT_ID "release 1\nversion \ncmdline x\n" REST,
	BOOT_ID "release 1\nversion #1\n" REST,
	BOOT_ID "release 1\nversion #1\ncmdline x\nfree_bytes -1\ntaint 0\ncpus 1\nmemory_kib 1\n",
	BOOT_ID "release 1\nversion #1\ncmdline x\nfree_bytes 1\ntaint 0\ncpus 1073741824\nmemory_kib 1\n",
	BOOT_ID "release 1\nversion #1\ncmdline x\nfree_bytes 99999999999999999999999\ntaint 0\ncpus 1\nmemory_kib 1\n",
};

static void test_nonsense(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(nonsense); i++) {
		g_autoptr(GError) error = NULL;
		g_auto(facts) f = { 0 };

		g_assert_false(facts_parse(nonsense[i], &f, &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	}
}

static const struct {
	const char *hex, *id;
} notes[] = {
	{ "", NULL },
	{ "0", NULL },
	{ "zz", NULL },
	{ "040000000400000003000000474e5500", NULL },			/* cut off */
	{ "04000000ffffffff03000000474e5500deadbeef", NULL },
	{ "ffffffff0400000003000000474e5500deadbeef", NULL },
	{ "040000000400000003000000474e5500deadbeef", "deadbeef" },
	/* Behind a note of another owner, whose name and content are padded. */
	{ "0600000001000000000000004c696e757800000001000000" "040000000400000003000000474e5500deadbeef", "deadbeef" },
	{ "0400000004000000010000004c696e00deadbeef", NULL },
};

static void test_build_id(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
		g_autofree char *id = facts_build_id(notes[i].hex);

		g_assert_cmpstr(id, ==, notes[i].id);
	}
}

static const struct {
	double boots_s[HISTORY_BOOTS];
	guint count;
	unsigned int most_s, limit_s;
} limits[] = {
	{ { 0 }, 0, 180, 180 },			/* nothing is known */
	{ { 10 }, 1, 180, 60 },			/* a fast board still has a minute */
	{ { 40 }, 1, 180, 120 },
	{ { 90 }, 1, 180, 180 },		/* the board file's word is the last */
	{ { 30, 31, 32, 200, 33 }, 5, 180, 96 },	/* one slow boot does not count */
	{ { 30, 40 }, 2, 180, 105 },
};

static void test_history(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
		g_autoptr(GArray) boots = g_array_new(FALSE, FALSE, sizeof(double));

		g_array_append_vals(boots, limits[i].boots_s, limits[i].count);
		g_assert_cmpuint(history_limit_s(boots, limits[i].most_s), ==, limits[i].limit_s);
	}
}

static void test_late_boot(void)
{
	g_autofree char *dir = g_dir_make_tmp("board-history-XXXXXX", NULL);
	const struct board b = { .name = (char *)"b", .timeouts.boot_s = 600 };

	g_setenv("XDG_CACHE_HOME", dir, TRUE);
	g_assert_cmpuint(history_boot_limit_s(&b), ==, 600);
	for (int i = 0; i < 6; i++)
		history_add_boot(&b, 30 + i);
	g_assert_cmpuint(history_boot_limit_s(&b), ==, 3 * 33);
	history_add_late_boot(&b, 150);
	g_assert_cmpuint(history_boot_limit_s(&b), ==, 3 * 150);
	path_remove_tree(dir, NULL);
}

static void test_difference(void)
{
	g_autofree char *none = good_difference("a\nb", "a\nb");
	g_autofree char *changed = good_difference("a\nb", "a\nc");
	g_autofree char *more = good_difference("a", "a\nb");
	g_autofree char *nasty = good_difference("a", "\033[2J\xff");

	g_assert_null(none);
	g_assert_cmpstr(changed, ==, "\"b\", now \"c\"");
	g_assert_cmpstr(more, ==, "\"\", now \"b\"");
	g_assert_cmpstr(nasty, ==, "\"a\", now \" [2J\xef\xbf\xbd\"");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/board-facts/good", test_good);
	g_test_add_func("/board-facts/token", test_token);
	g_test_add_func("/board-facts/nonsense", test_nonsense);
	g_test_add_func("/board-facts/build-id", test_build_id);
	g_test_add_func("/board-facts/history", test_history);
	g_test_add_func("/board-facts/late-boot", test_late_boot);
	g_test_add_func("/board-facts/difference", test_difference);
	return g_test_run();
}
