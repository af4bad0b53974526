// SPDX-License-Identifier: GPL-2.0-only
/* Loading a module over and over: what a request says, and the names of the copies. */
#include "runners/agent/cycle-options.h"
#include "runners/agent/module-copy.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *words;
	struct cycle_options options;	/* loops 0: refused */
} requests[] = {
	{ "loops=200", { .loops = 200, .pages = CYCLE_PAGES } },
	{ "  loops=1  pages=64 live=3 leak=2 pressure=1 ", { 1, 64, 3, 2, 1 } },
	{ "pages=64", { 0 } },
	{ "", { 0 } },
	{ "loops=0", { 0 } },
	{ "loops=2147483648", { 0 } },
	{ "loops=18446744073709551617", { 0 } },
	{ "loops=1 pages=0", { 0 } },
	{ "loops=1 pressure=2", { 0 } },
	{ "loops=1 loops", { 0 } },
	{ "loops=1 huge=1", { 0 } },
	{ "loops=", { 0 } },
	{ "loops=1x", { 0 } },
	{ "loops=-1", { 0 } },
};

static void test_options(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
		const struct cycle_options *wanted = &requests[i].options;
		struct cycle_options options;
		char why[300] = "";
		bool ok = cycle_options_parse(requests[i].words, &options, why, sizeof(why));

		g_assert_cmpint(ok, ==, wanted->loops > 0);
		g_assert_cmpint(ok, ==, !*why);
		if (ok)
			g_assert_cmpmem(&options, sizeof(options), wanted, sizeof(*wanted));
	}
}

static void test_rename(void)
{
	char bytes[] =
		"name=vmap_soak_000\0vmap_soak_00\0vmap_soak_000vmap_soak_000\0vmap_soak_0000\0vmap_soak_0";
	static const char wanted[] =
		"name=vmap_soak_017\0vmap_soak_00\0vmap_soak_017vmap_soak_017\0vmap_soak_0170\0vmap_soak_0";

	module_rename(bytes, sizeof(bytes), "vmap_soak_000", "vmap_soak_017");
	g_assert_cmpmem(bytes, sizeof(bytes), wanted, sizeof(wanted));
	module_rename(bytes, 0, "vmap_soak_017", "vmap_soak_000");
	g_assert_cmpmem(bytes, sizeof(bytes), wanted, sizeof(wanted));
}

/* Copies of a file of the current folder, as the kernel reads them: renamed, padded, closed to writers. */
static void test_copies(void)
{
	g_autofree char *dir = g_dir_make_tmp("copies-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "vmap_soak_000.ko", NULL);
	g_autofree char *before = g_get_current_dir();
	struct module_file file;
	struct module_copy copies[2];

	g_assert_true(g_file_set_contents(path, "\177ELF name=vmap_soak_000", -1, NULL));
	g_assert_cmpint(chdir(dir), ==, 0);
	g_assert_false(module_file_read(&file, "vmap_soak_001", 0));
	g_assert_true(module_file_read(&file, "vmap_soak_000", 100));
	for (uint32_t i = 0; i < G_N_ELEMENTS(copies); i++) {
		char text[200] = "";

		g_assert_true(module_copy_make(&copies[i], &file, i * 999));
		g_assert_cmpint(read(copies[i].fd, text, sizeof(text)), ==, 100);
		g_assert_cmpstr(text, ==, i ? "\177ELF name=vmap_soak_999" : "\177ELF name=vmap_soak_000");
		g_assert_cmpstr(copies[i].name, ==, text + strlen("\177ELF name="));
		g_assert_cmpint(write(copies[i].fd, "x", 1), ==, -1);
	}
	for (uint32_t i = 0; i < G_N_ELEMENTS(copies); i++)
		module_copy_release(&copies[i]);
	module_file_release(&file);
	g_assert_cmpint(chdir(before), ==, 0);
	g_assert_cmpint(unlink(path), ==, 0);
	g_assert_cmpint(rmdir(dir), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cycle/options", test_options);
	g_test_add_func("/cycle/rename", test_rename);
	g_test_add_func("/cycle/copies", test_copies);
	return g_test_run();
}
