// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/home.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

/* Waiting for a board that answers by a script: in the place of ssh(1) stands a program that reads it. */

#define TOKEN "5f0c2f1e"
#define BOOT(N) "0000000" #N "-8a2f-4a6e-9d53-5b1f0c2a7e11"

/* Each question takes a word; the last one stays. */
static const char program[] =
	"#!/bin/sh\n"
	"cd \"$(dirname \"$0\")\" || exit 255\n"
	"read -r word rest <answers\n"
	"[ -z \"$rest\" ] || echo \"$rest\" >answers\n"
	"case $word in\n"
	"silent) echo 'ssh: connect to host x port 22: Connection refused' >&2; exit 255 ;;\n"
	"unknown) echo 'ssh: Could not resolve hostname x: Name or service not known' >&2; exit 255 ;;\n"
	"refused) echo 'root@x: Permission denied (publickey).' >&2; exit 255 ;;\n"
	"esac\n"
	"echo \"boot_id ${word%:*}\"\n"
	"echo 'release 7.3.4'\n"
	"echo 'version #1'\n"
	"echo \"cmdline ro ${word#*:}\"\n"
	"echo 'free_bytes 1'; echo 'taint 0'; echo 'cpus 1'; echo 'memory_kib 1'\n";

#define OLD BOOT(1) ":quiet "
#define GOOD BOOT(2) ":quiet "
#define TEST BOOT(3) ":" FACTS_TOKEN TOKEN " "
#define OTHER BOOT(4) ":" FACTS_TOKEN "another "

static const struct {
	const char *name, *answers;
	enum home_answer answer;
} waits[] = {
	{ "the kernel under test", OLD "silent " TEST, HOME_TEST },
	{ "another attempt's", "silent " OTHER, HOME_ABROAD },
	{ "the good kernel", OLD "silent " GOOD, HOME_GOOD },
	{ "no reboot", OLD, HOME_SAME },
	{ "no reboot, with a gap", OLD "silent " OLD, HOME_SAME },
	{ "gone for good", OLD "silent ", HOME_SILENT },
	{ "of an unknown name while it is down", "unknown ", HOME_SILENT },
	{ "refused", "silent refused ", HOME_REFUSED },
	{ "refused for a moment", "refused refused " TEST, HOME_TEST },
};

static char *dir; /* of the program and its script */

static void write_file(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, 0700), ==, 0);
}

/* For so long that a script of three words is read to its end. */
#define LIMIT_S 2

static void test_wait(gconstpointer data)
{
	const size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(board) b = board_parse("name: b-1\narch: arm64\nssh: {target: x}\n"
					 "boot: {base_cmdline: root=/dev/a}\n",
					 "b.yaml", NULL);
	struct attempt a = { .board = b, .token = (char *)TOKEN };
	g_auto(facts) f = { 0 };
	g_autofree char *why = NULL;

	g_assert_nonnull(b);
	write_file("answers", waits[i].answers);
	g_assert_cmpint(home_wait(&a, BOOT(1), LIMIT_S, &f, &why), ==, waits[i].answer);
}

int main(int argc, char **argv)
{
	g_autofree char *path = NULL;
	int failed;

	g_test_init(&argc, &argv, NULL);
	dir = g_dir_make_tmp("board-home-XXXXXX", NULL);
	path = g_strconcat(dir, ":", g_getenv("PATH"), NULL);
	g_setenv("PATH", path, TRUE);
	write_file("ssh", program);
	for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
		g_autofree char *name = g_strdup_printf("/board-home/wait/%s", waits[i].name);

		g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_wait);
	}
	failed = g_test_run();
	path_remove_tree(dir, NULL);
	g_free(dir);
	return failed;
}
