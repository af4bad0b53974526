// SPDX-License-Identifier: GPL-2.0-only
/* A plan of two arms as one with an arm for each patch, from files and from what a manifest keeps. */
#include "plan/plan-series.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"

#define COUNTED "rebuilds: 2\nmachine: {accel: counted}\n"
#define CELLS                                                                                                  \
	"cells:\n  - {test: x, threads: [1, 2], loops: 10}\n  - {test: y, threads: [4], loops: 20, pages: 8}\n"
#define ARMS(base, all)                                                                                        \
	"title: t\narms:\n  - {name: stock, source: linux-7.3" base "}\n  - {name: all, source: linux-7.3" all \
	"}\n"

static char *folder;

static char *write_file(const char *name, const char *text)
{
	char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static void write_patches(void)
{
	static const char *const patches[][2] = {
		{ "s/0001-a.patch", "From: me\nSubject: [PATCH v2 1/3] mm/vmalloc: keep areas\n on a "
				    "list\nDate: now\n\ntext\n" },
		{ "s/0002-b.patch", "--- a/x\n+++ b/x\n" },
		{ "s/0003-c.patch", "Subject: [PATCH 3/3]\n\n" },
		{ "base.patch", "Subject: base\n\n" },
	};
	g_autofree char *series = g_build_filename(folder, "s", NULL);

	g_assert_cmpint(g_mkdir(series, 0755), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(patches); i++)
		g_free(write_file(patches[i][0], patches[i][1]));
}

static struct plan *load(const char *text, const struct plan_choice *choice, GError **error)
{
	g_autofree char *path = write_file("plan.yaml", text);

	return plan_load_series(path, NULL, choice, error);
}

static const char *file_of(const struct plan_arm *arm, unsigned int i)
{
	return strrchr(arm->series[i], '/') ? strrchr(arm->series[i], '/') + 1 : arm->series[i];
}

static void assert_arms(const struct plan *p, const char *const *names)
{
	for (unsigned int i = 0; i < p->arms_count; i++)
		g_assert_cmpstr(p->arms[i].name, ==, names[i]);
	g_assert_null(names[p->arms_count]);
}

/* Both ways to such a plan give the same one. */
static struct plan *freeze(const struct plan *p)
{
	g_autoptr(GError) error = NULL;
	struct plan *frozen = plan_parse_manifest(p->text, p->path, &(struct plan_frozen){ .series = p->series }, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(frozen->arms_count, ==, p->arms_count);
	for (unsigned int i = 0; i < p->arms_count; i++) {
		g_assert_cmpstr(frozen->arms[i].name, ==, p->arms[i].name);
		g_assert_cmpuint(frozen->arms[i].step, ==, p->arms[i].step);
		g_assert_cmpuint(frozen->arms[i].layout, ==, p->arms[i].layout);
		g_assert_cmpuint(frozen->arms[i].series_count, ==, p->arms[i].series_count);
	}
	g_assert_cmpstr(frozen->baseline, ==, p->baseline);
	g_assert_cmpuint(frozen->rebuilds, ==, p->rebuilds);
	return frozen;
}

static void test_expansion(void)
{
	static const char *const names[] = { "stock", "1", "2", "3", "stock~1", "stock~2", NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(plan) p = load(ARMS("", ", series: [s]") COUNTED CELLS, NULL, &error);
	g_autoptr(plan) frozen = NULL;

	g_assert_no_error(error);
	assert_arms(p, names);
	g_assert_cmpuint(p->arms[0].series_count, ==, 0);
	for (unsigned int step = 1; step <= 3; step++) {
		g_assert_cmpuint(p->arms[step].step, ==, step);
		g_assert_cmpuint(p->arms[step].series_count, ==, step);
		g_assert_cmpstr(file_of(&p->arms[step], 0), ==, "0001-a.patch");
		g_assert_cmpstr(plan_series_patch(p, &p->arms[step])->file, ==,
				file_of(&p->arms[step], step - 1));
		g_assert_true(g_path_is_absolute(p->arms[step].series[0]));
	}
	g_assert_null(plan_series_patch(p, &p->arms[0]));
	g_assert_cmpstr(((struct plan_patch *)p->patches->pdata[0])->subject, ==,
			"mm/vmalloc: keep areas on a list");
	g_assert_cmpstr(((struct plan_patch *)p->patches->pdata[1])->subject, ==, "0002-b.patch");
	g_assert_cmpstr(((struct plan_patch *)p->patches->pdata[2])->subject, ==, "0003-c.patch");
	frozen = freeze(p);
	g_assert_cmpstr(frozen->arms[3].series[2], ==, "0003-c.patch");
}

/* The baseline may come second, and have patches of its own. */
static void test_patched_baseline(void)
{
	static const char *const names[] = { "all", "1", "2", "3", "all~1", "all~2", NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(plan) p = load(ARMS(", series: [base.patch, s]",
				      ", series: [base.patch]") "baseline: all\n" COUNTED CELLS,
				 NULL, &error);
	g_autoptr(plan) frozen = NULL;

	g_assert_no_error(error);
	assert_arms(p, names);
	g_assert_cmpuint(p->patches->len, ==, 3);
	g_assert_cmpuint(p->arms[0].series_count, ==, 1);
	g_assert_cmpstr(file_of(&p->arms[2], 0), ==, "base.patch");
	g_assert_cmpstr(file_of(&p->arms[2], 2), ==, "0002-b.patch");
	frozen = freeze(p);
}

static void test_choice(void)
{
	static const unsigned int ends[] = { 0, 3 }, middle[] = { 1, 2, 3 };
	static const char *const end_names[] = { "stock", "3", "stock~1", "stock~2", NULL };
	static const char *const middle_names[] = { "1", "2", "3", NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(plan) first = load(ARMS("", ", series: [s]") COUNTED CELLS,
				     &(struct plan_choice){ ends, 2, "y/4/p8", true }, &error);
	g_autoptr(plan) later = load(ARMS("", ", series: [s]") COUNTED CELLS,
				     &(struct plan_choice){ middle, 3, "x/2", false }, &error);
	g_autoptr(GPtrArray) first_rows = NULL;
	g_autoptr(GPtrArray) later_rows = NULL;
	g_autoptr(plan) frozen_first = NULL;
	g_autoptr(plan) frozen_later = NULL;

	g_assert_no_error(error);
	assert_arms(first, end_names);
	assert_arms(later, middle_names);
	g_assert_cmpstr(later->baseline, ==, "1");
	first_rows = plan_rows(first);
	later_rows = plan_rows(later);
	g_assert_cmpuint(first_rows->len, ==, 1);
	g_assert_cmpstr(((struct plan_row *)first_rows->pdata[0])->name, ==, "y/4/p8");
	g_assert_cmpstr(((struct plan_row *)later_rows->pdata[0])->name, ==, "x/2");
	g_assert_cmpuint(later_rows->len, ==, 1);
	frozen_first = freeze(first);
	frozen_later = freeze(later);
}

static void test_wrong_plans(void)
{
	static const struct {
		const char *text, *begin, *wants;
	} wrong[] = {
		{ "title: t\narms:\n  - {name: a, source: linux-7.3}\naa: true\n" CELLS,
		  ":3:3: arms: ", "this plan has 1" },
		{ ARMS("", ", series: [s]") "  - {name: c, source: linux-7.3}\n" CELLS,
		  ":3:3: arms: ", "this plan has 3" },
		{ ARMS("", "") CELLS, ":4:5: arms[1]: the arm all has no series", "the baseline is stock" },
		{ ARMS(", series: [s]", "") CELLS, ":4:5: arms[1]: the arm all has no series", "" },
		{ ARMS(", series: [base.patch]", ", series: [s]") CELLS,
		  ":4:5: arms[1]: ", "has to begin with the patches" },
		{ ARMS(", series: [s]", ", series: [s]") CELLS, ":4:5: arms[1]: ", "and to have more" },
		{ ARMS("", ", series: [s], layout: 1") CELLS, ":4:5: arms[1]: ", "in its layout, too" },
		{ ARMS("", ", series: [s], append: quiet") CELLS, ":4:5: arms[1]: ", "in its append, too" },
		{ "title: t\narms:\n  - {name: '2', source: linux-7.3}\n  - {name: all, source: linux-7.3, "
		  "series: [s]}\n" CELLS,
		  ":3:12: arms[0].name: the patches are called 1, 2", "other than 2" },
		{ ARMS("", ", series: [s]") "machine: {accel: counted}\ncells: [{test: x, threads: [1]}]\n",
		  ":5:18: machine.accel: ", "rebuilds: 3" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(plan) p = load(wrong[i].text, NULL, &error);

		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
		g_assert_null(p);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, wrong[i].begin));
		g_assert_nonnull(strstr(error->message, wrong[i].wants));
	}
}

static void test_wrong_manifests(void)
{
	static const char *const wrong[] = {
		"{}",
		"[]",
		"{\"patches\": []}",
		"{\"patches\": [{}]}",
		"{\"patches\": [{\"file\": \"a\"}]}",
		"{\"patches\": [{\"file\": \"a\", \"subject\": \"a\"}], \"steps\": []}",
		"{\"patches\": [{\"file\": \"a\", \"subject\": \"a\"}], \"steps\": [0]}",
		"{\"patches\": [{\"file\": \"a\", \"subject\": \"a\"}], \"steps\": [0, 2]}",
		"{\"patches\": [{\"file\": \"a\", \"subject\": \"a\"}], \"steps\": [1, 0]}",
		"{\"patches\": [{\"file\": \"a\", \"subject\": \"a\"}], \"steps\": [0, \"1\"]}",
		"{\"patches\": [{\"file\": \"a\", \"subject\": \"a\"}], \"steps\": [0, -1]}",
		"{\"patches\": [{\"file\": \"a\", \"subject\": \"a\"}], \"row\": \"z/1\"}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autojson series = json_loads(wrong[i], 0, NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(plan)
			p = plan_parse_manifest(ARMS("", ", series: [s]") CELLS, "p.yaml", &(struct plan_frozen){ .series = series },
					&error);

		g_test_message("%s", wrong[i]);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		g_assert_null(p);
	}
}

static void test_subject(void)
{
	static const char *const cases[][2] = {
		{ "Subject: x\n", "x" },
		{ "From: a\nsubject:\t[RFC][PATCH 1/2]  a   b\n", "a b" },
		{ "Subject: [PATCH] a:\n\tb\n c\nDate: x\n", "a: b c" },
		{ "Subject: \xff\n", "\357\277\275" },
		{ "Subject: [never closed\n", "[never closed" },
		{ "Subject: a [b] c\r\n", "a [b] c" },
	};
	g_autofree char *none = plan_series_subject("diff --git a/Subject: b/x\n");

	g_assert_null(none);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *subject = plan_series_subject(cases[i][0]);

		g_assert_cmpstr(subject, ==, cases[i][1]);
	}
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("vmapbench-test-XXXXXX", NULL);
	write_patches();
	g_test_add_func("/plan-series/expansion", test_expansion);
	g_test_add_func("/plan-series/patched-baseline", test_patched_baseline);
	g_test_add_func("/plan-series/choice", test_choice);
	g_test_add_func("/plan-series/wrong-plans", test_wrong_plans);
	g_test_add_func("/plan-series/wrong-manifests", test_wrong_manifests);
	g_test_add_func("/plan-series/subject", test_subject);
	status = g_test_run();
	path_remove_tree(folder, NULL);
	g_free(folder);
	return status;
}
