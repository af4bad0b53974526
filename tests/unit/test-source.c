// SPDX-License-Identifier: GPL-2.0-only
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/path.h"
#include "kernels/manifest.h"
#include "kernels/source.h"

static char *scratch;

static char *write_file(const char *dir, const char *name, const char *text)
{
	char *path = g_build_filename(dir, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);

	g_assert_true(path_make_dirs(parent, NULL));
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

/* A folder that passes for a kernel source; caller frees. */
static char *make_tree(const char *name)
{
	char *tree = g_build_filename(scratch, name, NULL);
	g_autofree char *makefile = write_file(tree, "Makefile", "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\n"
								  "EXTRAVERSION = -rc1\nNAME = Test\n");
	g_autofree char *file = write_file(tree, "mm/vmalloc.c", "int vmalloc;\n");

	return tree;
}

static void run_git(const char *tree, const char *a, const char *b, const char *c)
{
	g_assert_true(exec_words(NULL, NULL, NULL, "git", "-C", tree, "-c", "user.name=t", "-c",
				 "user.email=t@t", "-c", "init.defaultBranch=main", a, b, c, NULL));
}

static void test_names(void)
{
	static const struct {
		const char *text, *what, *at, *whole;
		enum source_kind kind;
	} cases[] = {
		{ "linux-7.3", "linux-source-7.3", "trixie-backports", "deb:linux-source-7.3@trixie-backports",
		  SOURCE_DEB },
		{ "deb:linux-source-6.12@trixie", "linux-source-6.12", "trixie", "deb:linux-source-6.12@trixie",
		  SOURCE_DEB },
		{ "image:linux-image-cloud-amd64@bookworm", "linux-image-cloud-amd64", "bookworm",
		  "image:linux-image-cloud-amd64@bookworm", SOURCE_IMAGE },
		{ "image:linux-image-6.12-cloud-amd64", "linux-image-6.12-cloud-amd64", "bookworm-security",
		  "image:linux-image-6.12-cloud-amd64@bookworm-security", SOURCE_IMAGE },
		{ "git:/a/b@v6.9", "/a/b", "v6.9", "git:/a/b@v6.9", SOURCE_GIT },
		{ "git:/a@b/c@main~3", "/a@b/c", "main~3", "git:/a@b/c@main~3", SOURCE_GIT },
		{ "tar:/x/linux.tar.xz", "/x/linux.tar.xz", NULL, "tar:/x/linux.tar.xz", SOURCE_TAR },
		{ "dir:/x/li@nux", "/x/li@nux", NULL, "dir:/x/li@nux", SOURCE_DIR },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(source_name) name = source_name_parse(cases[i].text, NULL);

		g_assert_nonnull(name);
		g_assert_cmpint(name->kind, ==, cases[i].kind);
		g_assert_cmpstr(name->what, ==, cases[i].what);
		g_assert_cmpstr(name->at, ==, cases[i].at);
		g_assert_cmpstr(name->text, ==, cases[i].whole);
	}
}

static void test_bad_names(void)
{
	static const char *const cases[] = {
		"", "linux", "linux-", "linux-7", "linux-7.3.4", "linux-7.3\n", "deb:", "deb:linux-source-7.3",
		"deb:@trixie", "deb:linux-source-7.3@", "deb:-oX=y@trixie", "deb:a b@trixie",
		"deb:linux-source-7.3@tri xie", "git:", "git:/x", "git:/x@", "git:@main", "tar:", "dir:",
		"dir:/x/\xff", "http://x", "image:", "image:@bookworm", "image:bash@bookworm",
		"image:linux-image-@bookworm", "image:linux-image-amd64@", "image:linux-image-a b@bookworm",
		"image:linux-image-amd64@-oX=y",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_test_message("%s", cases[i]);
		g_assert_null(source_name_parse(cases[i], &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
		g_assert_nonnull(strstr(error->message, "git:TREE@REF"));
	}
}

static void test_dir(void)
{
	g_autofree char *tree = make_tree("dir");
	g_autofree char *text = g_strconcat("dir:", tree, NULL);
	g_autofree char *object = write_file(tree, "mm/vmalloc.o", "built");
	g_autofree char *copied = NULL, *left_out = NULL, *changed = NULL;
	g_autoptr(source) first = source_open(text, NULL);
	g_autoptr(source) again = source_open(text, NULL);
	g_autoptr(source) other = NULL;

	g_assert_nonnull(first);
	g_assert_cmpstr(first->base, ==, "7.3");
	g_assert_cmpstr(first->release, ==, "7.3.4-rc1");
	g_assert_cmpstr(first->kind, ==, "dir");
	g_assert_false(first->from_cache);
	g_assert_true(again->from_cache);
	g_assert_cmpstr(again->digest, ==, first->digest);
	copied = g_build_filename(first->tree, "mm/vmalloc.c", NULL);
	left_out = g_build_filename(first->tree, "mm/vmalloc.o", NULL);
	g_assert_true(g_file_test(copied, G_FILE_TEST_EXISTS));
	g_assert_false(g_file_test(left_out, G_FILE_TEST_EXISTS));
	changed = write_file(tree, "mm/vmalloc.c", "int vmalloc2;\n");
	other = source_open(text, NULL);
	g_assert_cmpstr(other->digest, !=, first->digest);
}

/* Two folders of the same content are one source, whatever their names and times. */
static void test_same_content(void)
{
	g_autofree char *one = make_tree("same-1");
	g_autofree char *two = make_tree("same-2");
	g_autofree char *one_text = g_strconcat("dir:", one, NULL);
	g_autofree char *two_text = g_strconcat("dir:", two, NULL);
	g_autoptr(source) a = source_open(one_text, NULL);
	g_autoptr(source) b = source_open(two_text, NULL);

	g_assert_cmpstr(a->digest, ==, b->digest);
	g_assert_cmpstr(a->dir, ==, b->dir);
}

/* As git sets them for its hooks: another repository than the one that is asked for. */
static const char *const hook_variables[] = {
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
};

static void enter_hook(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hook_variables); i++)
		g_setenv(hook_variables[i], "/nonexistent", TRUE);
}

static void leave_hook(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hook_variables); i++)
		g_unsetenv(hook_variables[i]);
}

static void test_git(void)
{
	g_autofree char *tree = make_tree("git");
	g_autofree char *text = g_strconcat("git:", tree, "@HEAD", NULL);
	g_autofree char *missing = g_strconcat("git:", tree, "@no-such-branch", NULL);
	g_autofree char *untracked = NULL;
	g_autofree char *dir_text = g_strconcat("dir:", tree, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(source) s = NULL, again = NULL, dir = NULL;

	run_git(tree, "init", "-q", NULL);
	run_git(tree, "add", "-A", NULL);
	run_git(tree, "commit", "-qm", "all");
	untracked = write_file(tree, "mm/new.c", "int x;\n");
	enter_hook();
	s = source_open(text, NULL);
	again = source_open(text, NULL);
	g_assert_nonnull(s);
	g_assert_cmpuint(strlen(s->version), ==, 40);
	g_assert_true(again->from_cache);
	g_clear_pointer(&untracked, g_free);
	untracked = g_build_filename(s->tree, "mm/new.c", NULL);
	g_assert_false(g_file_test(untracked, G_FILE_TEST_EXISTS));
	dir = source_open(dir_text, NULL);
	leave_hook();
	g_clear_pointer(&untracked, g_free);
	untracked = g_build_filename(dir->tree, "mm/new.c", NULL);
	g_assert_true(g_file_test(untracked, G_FILE_TEST_EXISTS));
	g_assert_null(source_open(missing, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, "no-such-branch"));
}

static void test_tar(void)
{
	g_autofree char *tree = make_tree("linux-tar");
	g_autofree char *tarball = g_build_filename(scratch, "linux.tar.gz", NULL);
	g_autofree char *text = g_strconcat("tar:", tarball, NULL);
	g_autoptr(source) s = NULL, again = NULL;

	g_assert_true(exec_words(NULL, NULL, NULL, "tar", "-C", scratch, "-czf", tarball, "linux-tar", NULL));
	s = source_open(text, NULL);
	again = source_open(text, NULL);
	g_assert_nonnull(s);
	g_assert_cmpstr(s->version, ==, "linux.tar.gz");
	g_assert_true(again->from_cache);
}

/* A package that was fetched before needs neither network nor apt. */
static void test_cached_package(void)
{
	g_autofree char *dir = path_cache("sources/0123");
	g_autofree char *json = write_file(dir, "source.json",
					   "{\"digest\": \"0123\", \"version\": \"7.3.9-1\", \"base\": \"7.3\","
					   "\"release\": \"7.3.9\", \"kind\": \"deb\","
					   "\"names\": [\"deb:linux-source-7.3@trixie-backports\"]}");
	g_autoptr(source) s = source_open("linux-7.3", NULL);

	g_assert_nonnull(s);
	g_assert_true(s->from_cache);
	g_assert_cmpstr(s->version, ==, "7.3.9-1");
	g_assert_cmpstr(s->dir, ==, dir);
}

static void assert_refused(const char *text, const char *sentence)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(source_open(text, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, sentence));
}

static void test_refused(void)
{
	g_autofree char *built = make_tree("built");
	g_autofree char *built_text = g_strconcat("dir:", built, NULL);
	g_autofree char *config = write_file(built, ".config", "CONFIG_X=y\n");
	g_autofree char *empty = g_build_filename(scratch, "empty", NULL);
	g_autofree char *empty_text = g_strconcat("dir:", empty, NULL);
	g_autofree char *file = write_file(empty, "hello", "x");

	assert_refused(built_text, "make mrproper");
	assert_refused(empty_text, "not a Linux source tree");
	assert_refused("dir:/nonexistent", "there is no folder /nonexistent");
	assert_refused("image:linux-image-amd64@bookworm", "there is no source in such a package");
	assert_refused("tar:/nonexistent.tar", "there is no file /nonexistent.tar");
	assert_refused("git:/nonexistent@main", "there is no folder /nonexistent");
}

static void test_modinfo(void)
{
	g_autoptr(GPtrArray) modinfo = g_ptr_array_new();
	json_t *tests, *parameters;

	g_ptr_array_add(modinfo, (gpointer)"license=GPL");
	g_ptr_array_add(modinfo, (gpointer)"parmtype=nr_threads:int");
	g_ptr_array_add(modinfo, (gpointer)"parm=run_test_mask:Set tests.\n\n"
					   "\t\tid: 1,    name: fix_size_alloc_test\n"
					   "\t\tid: 2048, name: no_block\n");
	g_ptr_array_add(modinfo, (gpointer)"parmtype=run_test_mask:int");
	tests = manifest_tests(modinfo);
	parameters = manifest_parameters(modinfo);
	g_assert_cmpuint(json_array_size(tests), ==, 2);
	g_assert_cmpint(json_integer_value(json_object_get(json_array_get(tests, 1), "mask")), ==, 2048);
	g_assert_cmpstr(json_string_value(json_object_get(json_array_get(tests, 0), "name")), ==,
			"fix_size_alloc_test");
	g_assert_cmpuint(json_array_size(parameters), ==, 2);
	g_assert_cmpstr(json_string_value(json_array_get(parameters, 0)), ==, "nr_threads");
	json_decref(tests);
	json_decref(parameters);
}

int main(int argc, char **argv)
{
	g_autofree char *cache = NULL;
	int status;

	scratch = g_dir_make_tmp("source-XXXXXX", NULL);
	cache = g_build_filename(scratch, "cache", NULL);
	g_setenv("XDG_CACHE_HOME", cache, TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/source/names", test_names);
	g_test_add_func("/source/bad-names", test_bad_names);
	g_test_add_func("/source/dir", test_dir);
	g_test_add_func("/source/same-content", test_same_content);
	g_test_add_func("/source/git", test_git);
	g_test_add_func("/source/tar", test_tar);
	g_test_add_func("/source/cached-package", test_cached_package);
	g_test_add_func("/source/refused", test_refused);
	g_test_add_func("/manifest/modinfo", test_modinfo);
	status = g_test_run();
	path_remove_tree(scratch, NULL);
	g_free(scratch);
	return status;
}
