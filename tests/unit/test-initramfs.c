// SPDX-License-Identifier: GPL-2.0-only
#include "runners/initramfs.h"

#include "base/error.h"
#include "base/path.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>

struct folder {
	char *path;
	char *archive;
};

static void folder_make(struct folder *f, gconstpointer data)
{
	(void)data;
	f->path = g_dir_make_tmp("initramfs-XXXXXX", NULL);
	g_assert_nonnull(f->path);
	f->archive = g_build_filename(f->path, "initramfs.cpio", NULL);
}

static void folder_remove(struct folder *f, gconstpointer data)
{
	(void)data;
	g_assert_true(path_remove_tree(f->path, NULL));
	g_free(f->archive);
	g_free(f->path);
}

/* Runs cpio in the folder with the archive as its input; its output, or NULL after the test was skipped. */
static char *run_cpio(const struct folder *f, const char *arguments)
{
	g_autofree char *cpio = g_find_program_in_path("cpio");
	g_autoptr(GSubprocessLauncher) launcher = NULL;
	g_autoptr(GSubprocess) process = NULL;
	g_autofree char *output = NULL;

	if (!cpio) {
		g_test_skip("cpio is not installed");
		return NULL;
	}
	launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
	g_subprocess_launcher_set_cwd(launcher, f->path);
	g_subprocess_launcher_set_stdin_file_path(launcher, f->archive);
	process = g_subprocess_launcher_spawn(launcher, NULL, cpio, "--quiet", arguments, NULL);
	g_assert_nonnull(process);
	g_assert_true(g_subprocess_communicate_utf8(process, NULL, NULL, &output, NULL, NULL));
	g_assert_true(g_subprocess_get_successful(process));
	return g_steal_pointer(&output);
}

static void test_listing(struct folder *f, gconstpointer data)
{
	const struct initramfs_file files[] = {
		{ .path = "dev", .mode = S_IFDIR | 0755 },
		{ .path = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1 },
		{ .path = "init", .mode = S_IFREG | 0755, .data = "program", .size = 7 },
	};
	g_autofree char *listing = NULL;

	(void)data;
	g_assert_true(initramfs_write(f->archive, files, G_N_ELEMENTS(files), NULL));
	listing = run_cpio(f, "-itvn");
	if (!listing)
		return;
	g_assert_true(g_regex_match_simple("^drwxr-xr-x +2 0 +0 +0 .* dev\n", listing, 0, 0));
	g_assert_true(g_regex_match_simple("\ncrw------- +1 0 +0 +5, +1 .* dev/console\n", listing, 0, 0));
	g_assert_true(g_regex_match_simple("\n-rwxr-xr-x +1 0 +0 +7 .* init\n$", listing, 0, 0));
}

/* Contents of every length around the alignment come back as they were, beside names of every length. */
static void test_contents(struct folder *f, gconstpointer data)
{
	enum { N = 70 };
	g_autoptr(GRand) rand = g_rand_new_with_seed(20260613);
	struct initramfs_file files[N];
	g_autofree char *output = NULL;
	unsigned int i, k;

	(void)data;
	for (i = 0; i < N; i++) {
		size_t size = i < 40 ? i : (size_t)g_rand_int_range(rand, 0, 100000);
		guint8 *content = g_malloc(size + 1);

		for (k = 0; k < size; k++)
			content[k] = (guint8)g_rand_int(rand);
		files[i] = (struct initramfs_file){
			.path = g_strdup_printf("%0*u", (int)(1 + i % 7 + i / 10), i), .mode = S_IFREG | 0644,
			.data = content, .size = size };
	}
	g_assert_true(initramfs_write(f->archive, files, N, NULL));
	output = run_cpio(f, "-i");
	for (i = 0; i < N; i++) {
		g_autofree char *path = g_build_filename(f->path, files[i].path, NULL);
		g_autofree char *content = NULL;
		gsize size;

		if (output) {
			g_assert_true(g_file_get_contents(path, &content, &size, NULL));
			g_assert_cmpmem(content, size, files[i].data, files[i].size);
		}
		g_free((char *)files[i].path);
		g_free((void *)files[i].data);
	}
}

static void test_source(struct folder *f, gconstpointer data)
{
	g_autofree char *source = g_build_filename(f->path, "source", NULL);
	g_autofree char *other = g_build_filename(f->path, "other.cpio", NULL);
	const struct initramfs_file copied = { .path = "a", .mode = S_IFREG | 0644, .source = source };
	const struct initramfs_file given = { .path = "a", .mode = S_IFREG | 0644, .data = "text", .size = 4 };
	g_autofree char *first = NULL, *second = NULL;
	gsize first_size, second_size;

	(void)data;
	g_assert_true(g_file_set_contents(source, "text", 4, NULL));
	g_assert_true(initramfs_write(f->archive, &copied, 1, NULL));
	g_assert_true(initramfs_write(other, &given, 1, NULL));
	g_assert_true(g_file_get_contents(f->archive, &first, &first_size, NULL));
	g_assert_true(g_file_get_contents(other, &second, &second_size, NULL));
	g_assert_cmpmem(first, first_size, second, second_size);
	g_assert_cmpuint(first_size % 4, ==, 0);
}

static void test_errors(struct folder *f, gconstpointer data)
{
	static const struct {
		struct initramfs_file files[2];
		const char *message;
	} cases[] = {
		{ { { .path = "/init", .mode = S_IFREG } }, "*\"/init\"*must be relative*" },
		{ { { .path = "", .mode = S_IFREG } }, "*must be relative*" },
		{ { { .path = "dev/", .mode = S_IFDIR } }, "*slash at the end*" },
		{ { { .path = "TRAILER!!!", .mode = S_IFREG } }, "*marks the end*" },
		{ { { .path = "a", .mode = S_IFREG }, { .path = "a", .mode = S_IFREG } }, "*\"a\"*twice*" },
		{ { { .path = "a", .mode = S_IFREG }, { .path = "a/b", .mode = S_IFREG } }, "*\"a/b\"*folder*before*" },
		{ { { .path = "b", .mode = S_IFDIR }, { .path = "a/b", .mode = S_IFREG } }, "*\"a/b\"*folder*before*" },
		{ { { .path = "a", .mode = S_IFLNK } }, "*\"a\"*must be a file, a folder*" },
		{ { { .path = "a", .mode = S_IFREG, .source = "/nonexistent/x" } }, "*/nonexistent/x*as a:*" },
	};
	size_t i;

	(void)data;
	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(initramfs_write(f->archive, cases[i].files, cases[i].files[1].path ? 2 : 1, &error));
		g_assert_cmpint((int)error->domain, ==, (int)BENCH_ERROR);
		g_test_message("%s", error->message);
		g_assert_true(g_pattern_match_simple(cases[i].message, error->message));
		g_assert_false(g_file_test(f->archive, G_FILE_TEST_EXISTS));
	}
}

static void test_unwritable(struct folder *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->path, "missing", "initramfs.cpio", NULL);
	const struct initramfs_file file = { .path = "a", .mode = S_IFREG | 0644 };
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_false(initramfs_write(path, &file, 1, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	g_assert_nonnull(strstr(error->message, path));
}

#define ADD(name, function) g_test_add("/initramfs/" name, struct folder, NULL, folder_make, function, folder_remove)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("listing", test_listing);
	ADD("contents", test_contents);
	ADD("source", test_source);
	ADD("errors", test_errors);
	ADD("unwritable", test_unwritable);
	return g_test_run();
}
