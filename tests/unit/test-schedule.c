// SPDX-License-Identifier: GPL-2.0-only
#include "plan/schedule.h"

#include <gsl/gsl_cdf.h>
#include <string.h>

#define SEEDS 200

#define ARMS \
	"title: t\n" \
	"arms:\n" \
	"  - {name: a, source: linux-7.3}\n" \
	"  - {name: b, source: linux-7.3}\n" \
	"  - {name: c, source: linux-7.3}\n" \
	"aa: true\n"
#define CELLS \
	"cells:\n" \
	"  - {test: x, threads: [1, 2, 4]}\n" \
	"  - {test: y, threads: [1, 2]}\n" \
	"  - {test: x, threads: [1, 2], pages: 16}\n"

static const struct packing {
	const char *plan;
	unsigned int groups;	/* of rows that share a boot */
} packings[] = {
	{ ARMS "design: {blocks: 5, pack: cell}\n" CELLS, 7 },
	{ ARMS "design: {blocks: 5, pack: test}\n" CELLS, 2 },
	{ ARMS "design: {blocks: 5, pack: all}\n" CELLS, 1 },
};

#define ARMS_COUNT 4
#define ROWS_COUNT 7
#define BLOCKS 5

/* A plan with its schedules. */
struct scene {
	struct plan *plan;
	GPtrArray *rows;
};

static void scene_init(struct scene *s, const char *text)
{
	GError *error = NULL;

	s->plan = plan_parse_frozen(text, "plan.yaml", &error);
	g_assert_no_error(error);
	s->rows = plan_rows(s->plan);
}

static void scene_clear(struct scene *s)
{
	g_ptr_array_unref(s->rows);
	plan_free(s->plan);
}

static char *describe(GPtrArray *boots)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < boots->len; i++) {
		const struct schedule_boot *boot = boots->pdata[i];

		g_string_append_printf(text, "%s:", boot->name);
		for (guint r = 0; r < boot->rows->len; r++)
			g_string_append_printf(text, " %s", ((struct plan_row *)boot->rows->pdata[r])->name);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static char *order_of(const struct scene *s, guint64 seed)
{
	g_autoptr(GPtrArray) boots = schedule_new(s->plan, s->rows, seed);

	return describe(boots);
}

/* Once for each (block, arm, row), and a name of its own for each boot. */
static void assert_complete(GPtrArray *boots)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	unsigned int block = 0;

	for (guint i = 0; i < boots->len; i++) {
		const struct schedule_boot *boot = boots->pdata[i];

		g_assert_cmpuint(boot->block, >=, block);
		block = boot->block;
		g_assert_true(g_hash_table_add(names, boot->name));
		for (guint r = 0; r < boot->rows->len; r++) {
			const struct plan_row *row = boot->rows->pdata[r];

			g_assert_true(g_hash_table_add(
				seen, g_strdup_printf("%u %s %s", boot->block, boot->arm, row->name)));
		}
	}
	g_assert_cmpuint(g_hash_table_size(seen), ==, BLOCKS * ARMS_COUNT * ROWS_COUNT);
}

/* Each run of ARMS_COUNT boots is one group: all arms, the same rows in the same order. */
static void assert_arms_adjacent(GPtrArray *boots, unsigned int groups)
{
	g_assert_cmpuint(boots->len, ==, BLOCKS * groups * ARMS_COUNT);
	for (guint first = 0; first < boots->len; first += ARMS_COUNT) {
		const struct schedule_boot *leader = boots->pdata[first];
		g_autoptr(GHashTable) arms = g_hash_table_new(g_str_hash, g_str_equal);

		for (guint i = first; i < first + ARMS_COUNT; i++) {
			const struct schedule_boot *boot = boots->pdata[i];

			g_assert_cmpuint(boot->block, ==, leader->block);
			g_assert_true(g_hash_table_add(arms, boot->arm));
			g_assert_cmpuint(boot->rows->len, ==, leader->rows->len);
			g_assert_cmpint(memcmp(boot->rows->pdata, leader->rows->pdata,
					       leader->rows->len * sizeof(gpointer)),
					==, 0);
		}
	}
}

static void test_blocks(gconstpointer data)
{
	const struct packing *packing = data;
	struct scene s;

	scene_init(&s, packing->plan);
	for (guint64 seed = 0; seed < SEEDS; seed++) {
		g_autoptr(GPtrArray) boots = schedule_new(s.plan, s.rows, seed);

		assert_complete(boots);
		assert_arms_adjacent(boots, packing->groups);
	}
	scene_clear(&s);
}

static void test_seeds(gconstpointer data)
{
	const struct packing *packing = data;
	g_autoptr(GHashTable) orders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct scene s;

	scene_init(&s, packing->plan);
	for (guint64 seed = 1; seed <= SEEDS; seed++) {
		g_autofree char *again = order_of(&s, seed);
		char *order = order_of(&s, seed);

		g_assert_cmpstr(order, ==, again);
		g_assert_true(g_hash_table_add(orders, order));
	}
	scene_clear(&s);
}

/* A resumed run must find the boots that an earlier version of the program planned: this order is for ever. */
static void test_pinned(void)
{
	static const char expected[] = "b000-g01-a: y/2 y/1\n"
				       "b000-g01-b: y/2 y/1\n"
				       "b000-g00-a: x/1 x/2\n"
				       "b000-g00-b: x/1 x/2\n"
				       "b001-g00-b: x/2 x/1\n"
				       "b001-g00-a: x/2 x/1\n"
				       "b001-g01-a: y/1 y/2\n"
				       "b001-g01-b: y/1 y/2\n";
	g_autofree char *order = NULL;
	struct scene s;

	scene_init(&s, "title: t\narms:\n  - {name: a, source: linux-7.3}\n  - {name: b, source: linux-7.3}\n"
		       "design: {blocks: 2, pack: test}\n"
		       "cells:\n  - {test: x, threads: [1, 2]}\n  - {test: y, threads: [1, 2]}\n");
	order = order_of(&s, 20240102);
	g_assert_cmpstr(order, ==, expected);
	scene_clear(&s);
}

/* The timed boots are what they were; the traced ones follow each block, with the rows of its timed ones. */
static void test_traced(gconstpointer data)
{
	const struct packing *packing = data;
	g_autofree char *text = g_strconcat(packing->plan, "trace: {}\n", NULL);
	struct scene plain, traced;

	scene_init(&plain, packing->plan);
	scene_init(&traced, text);
	for (guint64 seed = 0; seed < SEEDS; seed++) {
		g_autoptr(GPtrArray) boots = schedule_new(traced.plan, traced.rows, seed);
		g_autoptr(GPtrArray) timed = g_ptr_array_new();
		g_autofree char *expected = order_of(&plain, seed);
		g_autofree char *order = NULL;
		guint64 timed_count, traced_count;

		for (guint i = 0; i < boots->len; i++) {
			const struct schedule_boot *boot = boots->pdata[i];

			if (!boot->traced)
				g_ptr_array_add(timed, boots->pdata[i]);
			else
				g_assert_cmpstr(boot->arm, !=, PLAN_AA_ARM);
		}
		order = describe(timed);
		g_assert_cmpstr(order, ==, expected);
		schedule_count(traced.plan, traced.rows, &timed_count, &traced_count);
		g_assert_cmpuint(timed_count, ==, timed->len);
		g_assert_cmpuint(traced_count, ==, boots->len - timed->len);
		g_assert_cmpuint(traced_count, ==, BLOCKS * packing->groups * (ARMS_COUNT - 1));
	}
	scene_clear(&plain);
	scene_clear(&traced);
}

static char *describe_traced(GPtrArray *boots)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < boots->len; i++) {
		const struct schedule_boot *boot = boots->pdata[i];

		if (boot->traced)
			g_string_append_printf(text, "%s: %s %s %s\n", boot->name, boot->probes[0], boot->probes[1],
					       boot->probes[2]);
	}
	return g_string_free(text, FALSE);
}

/* As test_pinned(). */
static void test_traced_pinned(void)
{
	static const char expected[] = "b000-t00-b: loaded attached off\n"
				       "b000-t00-a: loaded attached off\n"
				       "b000-t01-a: loaded attached off\n"
				       "b000-t01-b: loaded attached off\n"
				       "b001-t00-a: loaded off attached\n"
				       "b001-t00-b: loaded off attached\n"
				       "b001-t01-b: attached off loaded\n"
				       "b001-t01-a: attached off loaded\n";
	g_autoptr(GPtrArray) boots = NULL;
	g_autofree char *order = NULL;
	struct scene s;

	scene_init(&s, "title: t\narms:\n  - {name: a, source: linux-7.3}\n  - {name: b, source: linux-7.3}\n"
		       "aa: true\ntrace: {}\ndesign: {blocks: 2, pack: test}\n"
		       "cells:\n  - {test: x, threads: [1, 2]}\n  - {test: y, threads: [1, 2]}\n");
	boots = schedule_new(s.plan, s.rows, 20240102);
	order = describe_traced(boots);
	g_assert_cmpstr(order, ==, expected);
	scene_clear(&s);
}

static void assert_uniform(const unsigned int *counts, size_t n)
{
	double total = 0, chi2 = 0;

	for (size_t i = 0; i < n; i++)
		total += counts[i];
	for (size_t i = 0; i < n; i++) {
		double expected = total / n;

		chi2 += (counts[i] - expected) * (counts[i] - expected) / expected;
	}
	/* The seeds are fixed: this passes always or never. */
	g_assert_cmpfloat(gsl_cdf_chisq_Q(chi2, n - 1), >, 0.001);
}

/* @key as a number of 0 to @n - 1, in the order in which keys are met. */
static unsigned int index_of(GPtrArray *known, const char *key)
{
	guint index;

	if (g_ptr_array_find_with_equal_func(known, key, g_str_equal, &index))
		return index;
	g_ptr_array_add(known, (gpointer)key);
	return known->len - 1;
}

/* Every arm comes first, and every row, equally often; pairs of neighbouring blocks are independent. */
static void test_uniform(void)
{
	unsigned int first_arm[ARMS_COUNT] = { 0 }, first_row[ROWS_COUNT] = { 0 };
	unsigned int pairs[ARMS_COUNT * ARMS_COUNT] = { 0 };
	g_autoptr(GPtrArray) arms = NULL;
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	struct scene s;

	scene_init(&s, packings[2].plan);
	arms = plan_arm_names(s.plan);
	for (guint64 seed = 1; seed <= 2000; seed++) {
		g_autoptr(GPtrArray) boots = schedule_new(s.plan, s.rows, seed);
		unsigned int before = 0;

		for (unsigned int block = 0; block < BLOCKS; block++) {
			const struct schedule_boot *boot = boots->pdata[block * ARMS_COUNT];
			const struct plan_row *row = boot->rows->pdata[0];
			unsigned int arm = index_of(arms, boot->arm);

			first_arm[arm]++;
			first_row[index_of(rows, row->name)]++;
			if (block > 0)
				pairs[before * ARMS_COUNT + arm]++;
			before = arm;
		}
	}
	assert_uniform(first_arm, G_N_ELEMENTS(first_arm));
	assert_uniform(first_row, G_N_ELEMENTS(first_row));
	assert_uniform(pairs, G_N_ELEMENTS(pairs));
	scene_clear(&s);
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "cell", "test", "all" };

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(packings); i++) {
		g_autofree char *blocks = g_strdup_printf("/schedule/blocks/%s", names[i]);
		g_autofree char *seeds = g_strdup_printf("/schedule/seeds/%s", names[i]);
		g_autofree char *traced = g_strdup_printf("/schedule/traced/%s", names[i]);

		g_test_add_data_func(blocks, &packings[i], test_blocks);
		g_test_add_data_func(seeds, &packings[i], test_seeds);
		g_test_add_data_func(traced, &packings[i], test_traced);
	}
	g_test_add_func("/schedule/pinned", test_pinned);
	g_test_add_func("/schedule/traced/pinned", test_traced_pinned);
	g_test_add_func("/schedule/uniform", test_uniform);
	return g_test_run();
}
