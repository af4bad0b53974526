// SPDX-License-Identifier: GPL-2.0-only
#include "runners/console.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "runners/board/facts.h"

#define GOOD "[    0.000000] Linux version 6.1.0\n[    0.000000] Kernel command line: ro quiet\n"
#define TEST \
	"[    0.000000][    T0] Linux version 7.3.4\n[    0.000000] Kernel command line: " FACTS_TOKEN "1 ro\n"

static const struct {
	const char *log;
	size_t length;		/* 0: up to its NUL */
	const char *splat, *kind;
	const char *last;
} logs[] = {
	{ "", 0, NULL, NULL, NULL },
	{ "\n\r\n  \n", 0, NULL, NULL, NULL },
	{ "[    0.000000] Linux version 7.3.4\r\n[    0.5] Run /init\r\n\r\n", 0, NULL, NULL,
	  "[    0.5] Run /init" },
	{ "no newline", 0, NULL, NULL, "no newline" },
	{ "[    1.0] a\n[    2.0] WARNING: CPU: 0 PID: 1 at mm/vmalloc.c:1 f+0x1/0x2\n"
	  "[    3.0] BUG: later\n[    4.0] end\n", 0,
	  "[    2.0] WARNING: CPU: 0 PID: 1 at mm/vmalloc.c:1 f+0x1/0x2", "warn", "[    4.0] end" },
	{ "[    2.0][    T1] Kernel panic - not syncing: x\n", 0,
	  "[    2.0][    T1] Kernel panic - not syncing: x", "panic",
	  "[    2.0][    T1] Kernel panic - not syncing: x" },
	/* A board's good kernel speaks as well. */
	{ GOOD "BUG: of the good kernel\nfirmware\n" TEST "[    2.0] BUG: x\n[    3.0] end\n" GOOD "WARNING: CPU: 0 PID: 1 at the good one\nlogin:\n", 0,
	  "[    2.0] BUG: x", "bug", "[    3.0] end" },
	{ "WARNING: CPU: 0 PID: 1 at the good one\n" TEST "[    3.0] end\n", 0, NULL, NULL, "[    3.0] end" },
	{ "WARNING: CPU: 0 PID: 1 at a quiet one\nend\n", 0, "WARNING: CPU: 0 PID: 1 at a quiet one", "warn", "end" },
	{ "==> /sys/fs/pstore/dmesg-efi-1\nKernel panic - not syncing: x\n" TEST, 0, "Kernel panic - not syncing: x", "panic",
	  "[    0.000000] Kernel command line: " FACTS_TOKEN "1 ro" },
	/* What firmware and a dying kernel write need not be text. */
	{ "\x1b[2J\xff\xfe\n", 0, NULL, NULL, " [2J\xef\xbf\xbd\xef\xbf\xbd" },
	{ "a\0b\nKernel panic - not syncing: \xff\n", 32 + 1, "Kernel panic - not syncing: \xef\xbf\xbd",
	  "panic",
	  "Kernel panic - not syncing: \xef\xbf\xbd" },
};

static void test_logs(void)
{
	g_autofree char *dir = g_dir_make_tmp("test-console-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "console.log", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(logs); i++) {
		gssize length = logs[i].length ? (gssize)logs[i].length : -1;
		g_autofree char *splat = NULL;
		g_autofree char *last = NULL;
		const char *kind = NULL;

		g_assert_true(g_file_set_contents(path, logs[i].log, length, NULL));
		splat = console_first_splat(path, &kind);
		last = console_last_line(path);
		g_assert_cmpstr(splat, ==, logs[i].splat);
		g_assert_cmpstr(kind, ==, logs[i].kind);
		g_assert_cmpstr(last, ==, logs[i].last);
	}
	g_unlink(path);
	g_assert_null(console_first_splat(path, NULL));
	g_assert_null(console_last_line(path));
	g_rmdir(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console/logs", test_logs);
	return g_test_run();
}
