// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "kernels/files.h"
#include "kernels/layout.h"
#include "kernels/series.h"

static const char original[] = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n";

static const char change_three[] =
	"Subject: change three\n\n"
	"--- a/mm/vmalloc.c\n+++ b/mm/vmalloc.c\n@@ -1,5 +1,5 @@\n one\n two\n-three\n+THREE\n four\n five\n";

/* The first hunk fits after change_three, the second does not: its second context line is wrong. */
static const char second_hunk_fails[] =
	"--- a/mm/vmalloc.c\n+++ b/mm/vmalloc.c\n@@ -1,3 +1,4 @@\n one\n+--- not a header\n two\n THREE\n"
	"@@ -7,3 +8,3 @@ seven\n seven\n EIGHT\n-nine\n+NINE\n";

static const char add_file[] =
	"--- /dev/null\n+++ b/mm/new.c\n@@ -0,0 +1 @@\n+int x;\n";

static const char remove_file[] =
	"--- a/mm/vmalloc.c\n+++ /dev/null\n@@ -1,10 +0,0 @@\n"
	"-one\n-two\n-three\n-four\n-five\n-six\n-seven\n-eight\n-nine\n-ten\n";

static const char rename_file[] =
	"diff --git a/mm/vmalloc.c b/mm/other.c\nsimilarity index 100%\n"
	"rename from mm/vmalloc.c\nrename to mm/other.c\n";

static const char outside[] = "--- a/../evil.c\n+++ b/../evil.c\n@@ -0,0 +1 @@\n+int x;\n";

struct fixture {
	char *dir;
	char *tree;
	char *work;
	char *stages;
};

static char *write_file(const char *dir, const char *name, const char *text)
{
	char *path = g_build_filename(dir, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);

	g_assert_true(path_make_dirs(parent, NULL));
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static void set_up(struct fixture *f, gconstpointer unused)
{
	g_autofree char *file = NULL;
	g_autofree char *copy = NULL;

	(void)unused;
	f->dir = g_dir_make_tmp("series-XXXXXX", NULL);
	f->tree = g_build_filename(f->dir, "tree", NULL);
	f->work = g_build_filename(f->dir, "work", NULL);
	f->stages = g_build_filename(f->dir, "stages", NULL);
	file = write_file(f->tree, "mm/vmalloc.c", original);
	copy = write_file(f->work, "mm/vmalloc.c", original);
}

static void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_assert_true(path_remove_tree(f->dir, NULL));
	g_free(f->stages);
	g_free(f->work);
	g_free(f->tree);
	g_free(f->dir);
}

/* Applies @texts, written as 0.patch, 1.patch ... */
static struct series *apply(const struct fixture *f, const char *const *texts, unsigned int count,
			    GError **error)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	for (unsigned int i = 0; i < count; i++) {
		g_autofree char *name = g_strdup_printf("%u.patch", i);

		g_ptr_array_add(paths, write_file(f->dir, name, texts[i]));
	}
	return series_apply(f->tree, (const char *const *)paths->pdata, count, f->stages, error);
}

static char *read_file(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	return text;
}

static void test_apply(struct fixture *f, gconstpointer unused)
{
	const char *const texts[] = { change_three, add_file };
	g_autoptr(series) s = apply(f, texts, 2, NULL);
	g_autofree char *changed = NULL;
	g_autofree char *added = NULL;
	g_autofree char *pristine = read_file(f->tree, "mm/vmalloc.c");

	(void)unused;
	g_assert_nonnull(s);
	g_assert_cmpuint(s->touched->len, ==, 2);
	g_assert_cmpstr(s->touched->pdata[0], ==, "mm/new.c");
	g_assert_true(series_copy_out(s, f->tree, s->touched, f->work, NULL));
	changed = read_file(f->work, "mm/vmalloc.c");
	added = read_file(f->work, "mm/new.c");
	g_assert_nonnull(strstr(changed, "THREE"));
	g_assert_cmpstr(added, ==, "int x;\n");
	g_assert_cmpstr(pristine, ==, original);
}

/* From one series to another and back; files that end as they were keep their time. */
static void test_switch(struct fixture *f, gconstpointer unused)
{
	const char *const first[] = { change_three, add_file };
	const char *const second[] = { rename_file };
	g_autoptr(series) a = apply(f, first, 2, NULL);
	g_autoptr(series) b = apply(f, second, 1, NULL);
	g_autoptr(series) none = apply(f, NULL, 0, NULL);
	g_autofree char *path = g_build_filename(f->work, "mm/vmalloc.c", NULL);
	const struct timespec long_ago[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	struct stat info;

	(void)unused;
	g_assert_true(series_copy_out(a, f->tree, a->touched, f->work, NULL));
	g_assert_true(utimensat(AT_FDCWD, path, long_ago, 0) == 0);
	g_assert_true(series_copy_out(a, f->tree, a->touched, f->work, NULL));
	g_assert_true(stat(path, &info) == 0 && info.st_mtime == 1000);
	g_assert_true(series_copy_out(b, f->tree, a->touched, f->work, NULL));
	g_assert_true(series_copy_out(b, f->tree, b->touched, f->work, NULL));
	g_assert_cmpint(access(path, F_OK), ==, -1);
	g_assert_true(series_copy_out(none, f->tree, b->touched, f->work, NULL));
	g_assert_true(stat(path, &info) == 0 && info.st_mtime > 1000);
	g_clear_pointer(&path, g_free);
	path = g_build_filename(f->work, "mm/other.c", NULL);
	g_assert_cmpint(access(path, F_OK), ==, -1);
	g_clear_pointer(&path, g_free);
	path = g_build_filename(f->work, "mm/new.c", NULL);
	g_assert_cmpint(access(path, F_OK), ==, -1);
}

static void test_failed_hunk(struct fixture *f, gconstpointer unused)
{
	const char *const texts[] = { change_three, second_hunk_fails };
	g_autoptr(GError) error = NULL;
	g_autoptr(series) s = apply(f, texts, 2, &error);

	(void)unused;
	g_assert_null(s);
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, "1.patch:8: hunk 2 of mm/vmalloc.c does not apply, which "
						"0.patch of the series has changed before"));
}

static void test_removed_before(struct fixture *f, gconstpointer unused)
{
	const char *const texts[] = { remove_file, change_three };
	g_autoptr(GError) error = NULL;
	g_autoptr(series) s = apply(f, texts, 2, &error);

	(void)unused;
	g_assert_null(s);
	g_assert_nonnull(strstr(error->message, "1.patch"));
	g_assert_nonnull(strstr(error->message, "mm/vmalloc.c"));
}

static void test_bad_patches(struct fixture *f, gconstpointer unused)
{
	static const struct {
		const char *text, *sentence;
	} cases[] = {
		{ "", "this patch is empty" },
		{ " \n\n", "this patch is empty" },
		{ "only words\n", "git cannot read it as a patch" },
		{ "--- a/mm/vmalloc.c\n+++ b/mm/vmalloc.c\n@@ -1,9 +1,9 @@\n one\n", "git cannot read" },
		{ outside, "0.patch" },
		{ "--- /dev/null\n+++ b/mm/\xff.c\n@@ -0,0 +1 @@\n+int x;\n", "(in UTF-8)" },
		{ "--- a/mm/gone.c\n+++ b/mm/gone.c\n@@ -1 +1 @@\n-a\n+b\n", "mm/gone.c" },
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(series) s = apply(f, &cases[i].text, 1, &error);

		g_assert_null(s);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
		g_assert_nonnull(strstr(error->message, cases[i].sentence));
	}
}

static void test_missing(struct fixture *f, gconstpointer unused)
{
	const char *const path = "/nonexistent/a.patch";
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_null(series_apply(f->tree, &path, 1, f->stages, &error));
	g_assert_nonnull(strstr(error->message, "/nonexistent/a.patch"));
}

/* An enclosing repository, also one from the environment, must not make git leave out files. */
static void test_inside_repository(struct fixture *f, gconstpointer unused)
{
	const char *const texts[] = { change_three };
	g_autofree char *git = g_build_filename(f->dir, ".git", NULL);
	g_autofree char *head = write_file(git, "HEAD", "ref: refs/heads/main\n");
	g_autofree char *changed = NULL;
	g_autoptr(series) s = NULL;

	(void)unused;
	g_setenv("GIT_DIR", git, TRUE);
	s = apply(f, texts, 1, NULL);
	g_unsetenv("GIT_DIR");
	g_assert_nonnull(s);
	changed = read_file(s->stage, "mm/vmalloc.c");
	g_assert_nonnull(strstr(changed, "THREE"));
}

static void test_find_hunk(void)
{
	unsigned int hunk = 0, line = 0;

	g_assert_true(series_find_hunk(second_hunk_fails, "mm/vmalloc.c", 7, &hunk, &line));
	g_assert_cmpuint(hunk, ==, 2);
	g_assert_cmpuint(line, ==, 8);
	g_assert_false(series_find_hunk(second_hunk_fails, "mm/vmalloc.c", 8, &hunk, &line));
	g_assert_false(series_find_hunk(second_hunk_fails, "mm/slub.c", 7, &hunk, &line));
	g_assert_true(series_find_hunk(add_file, "mm/new.c", 0, &hunk, &line));
	g_assert_false(series_find_hunk("--- \n+++ \n@@ -", "", 0, &hunk, &line));
}

static void test_layout(struct fixture *f, gconstpointer unused)
{
	g_autofree char *file = write_file(f->tree, LAYOUT_FILE, "int y;\n");
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(series) s = apply(f, NULL, 0, NULL);

	(void)unused;
	g_assert_true(layout_apply(s, f->tree, 0, NULL));
	g_assert_cmpuint(s->touched->len, ==, 0);
	g_assert_true(layout_apply(s, f->tree, 3, NULL));
	text = read_file(s->stage, LAYOUT_FILE);
	g_assert_true(g_str_has_prefix(text, "int y;\n"));
	g_assert_nonnull(strstr(text, ".skip 624, 0xcc"));
	g_assert_false(layout_apply(s, f->tree, LAYOUT_HIGHEST + 1, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
}

static void test_remove_since(struct fixture *f, gconstpointer unused)
{
	g_autofree char *old = write_file(f->work, "old", "x");
	g_autofree char *young = write_file(f->work, "deep/young", "x");
	const struct timespec long_ago[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	(void)unused;
	g_assert_true(utimensat(AT_FDCWD, old, long_ago, 0) == 0);
	g_assert_true(files_remove_since(f->work, 2000, NULL));
	g_assert_true(access(old, F_OK) == 0);
	g_assert_cmpint(access(young, F_OK), ==, -1);
}

#define ADD(path, function) g_test_add(path, struct fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/series/apply", test_apply);
	ADD("/series/switch", test_switch);
	ADD("/series/failed-hunk", test_failed_hunk);
	ADD("/series/removed-before", test_removed_before);
	ADD("/series/bad-patches", test_bad_patches);
	ADD("/series/missing", test_missing);
	ADD("/series/inside-repository", test_inside_repository);
	g_test_add_func("/series/find-hunk", test_find_hunk);
	ADD("/layout/apply", test_layout);
	ADD("/files/remove-since", test_remove_since);
	return g_test_run();
}
