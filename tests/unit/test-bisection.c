// SPDX-License-Identifier: GPL-2.0-only
/* Bisections of series whose truth is known: exact ones, and as noisy as counted images and timed boots are. */
#include "plan/bisection.h"

#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "stats/holm.h"
#include "stats/shift.h"
#include "stats/variance.h"

#define KERNELS_MAX 65
#define ALPHA 0.05
#define SEED 7

/* A series, and what measuring it says. */
struct truth {
	unsigned int patches;
	double effects[KERNELS_MAX];	/* of each patch on the logarithm of the time, from 1 */
	bool skipped[KERNELS_MAX];
	struct bisection_contrast (*compare)(struct truth *t, unsigned int from, unsigned int to);
	gsl_rng *random;
	double noise;			/* standard deviation of an image, or of a boot */
	double images[KERNELS_MAX];	/* what the layout of each image does */
	double gate;
	unsigned int comparisons;	/* made so far */
};

static double effect_between(const struct truth *t, unsigned int from, unsigned int to)
{
	double sum = 0;

	for (unsigned int patch = from + 1; patch <= to; patch++)
		sum += t->effects[patch];
	return sum;
}

static struct bisection_contrast compare_exactly(struct truth *t, unsigned int from, unsigned int to)
{
	double effect = effect_between(t, from, to);

	return (struct bisection_contrast){ effect, 0, fabs(effect) > 1e-9 };
}

/* Images that are what they are: what one of them does by chance, it does in every comparison. */
static struct bisection_contrast compare_images(struct truth *t, unsigned int from, unsigned int to)
{
	double effect = effect_between(t, from, to) + t->images[to] - t->images[from];

	return (struct bisection_contrast){ effect, t->gate, fabs(effect) > t->gate };
}

/* Boots of both, new ones for each comparison, and as few as the budget permits. */
static struct bisection_contrast compare_boots(struct truth *t, unsigned int from, unsigned int to)
{
	unsigned int comparisons = bisection_comparisons(t->patches),
		     blocks = holm_smallest_blocks(comparisons, ALPHA);
	g_autofree double *ratios = g_new(double, blocks);
	double p;

	for (unsigned int i = 0; i < blocks; i++)
		ratios[i] = effect_between(t, from, to) + gsl_ran_gaussian_ziggurat(t->random, t->noise);
	p = shift_paired_p(ratios, blocks);
	return (struct bisection_contrast){ effect_between(t, from, to), p, p <= ALPHA / comparisons };
}

static struct bisection_contrast compare(struct truth *t, unsigned int from, unsigned int to)
{
	t->comparisons++;
	return t->compare(t, from, to);
}

/* NULL: the ends do not differ. */
static struct bisection *bisect(struct truth *t)
{
	struct bisection_contrast ends = compare(t, 0, t->patches);
	struct bisection *b = ends.differs ? bisection_new(t->patches, ends) : NULL;
	unsigned int kernel;

	while (b && bisection_next(b, &kernel)) {
		struct bisection_contrast from_good, to_bad;

		g_assert_cmpuint(kernel, >, b->good);
		g_assert_cmpuint(kernel, <, b->bad);
		if (t->skipped[kernel]) {
			bisection_skip(b, kernel);
			continue;
		}
		from_good = compare(t, b->good, kernel);
		to_bad = compare(t, kernel, b->bad);
		bisection_decide(b, kernel, from_good, to_bad);
	}
	return b;
}

static void assert_found(const struct truth *t, unsigned int guilty)
{
	struct truth copy = *t;
	g_autoptr(bisection) b = bisect(&copy);
	bool any = false;

	g_assert_cmpuint(b->good, <, guilty);
	g_assert_cmpuint(b->bad, >=, guilty);
	g_assert_false(t->skipped[b->good]);
	g_assert_false(t->skipped[b->bad]);
	for (unsigned int kernel = 1; kernel < t->patches; kernel++)
		any = any || t->skipped[kernel];
	/* Nothing that could have been measured is left between them. */
	for (unsigned int kernel = b->good + 1; kernel < b->bad; kernel++)
		g_assert_true(t->skipped[kernel]);
	g_assert_cmpuint(copy.comparisons, <=,
			 any ? bisection_comparisons(t->patches) : bisection_longest(t->patches));
}

static void test_every_patch(void)
{
	for (unsigned int patches = 1; patches < KERNELS_MAX; patches++) {
		for (unsigned int guilty = 1; guilty <= patches; guilty++) {
			struct truth t = { .patches = patches, .compare = compare_exactly };

			t.effects[guilty] = -0.1;
			assert_found(&t, guilty);
		}
	}
}

static void test_skipped(void)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(random, SEED);
	for (unsigned int round = 0; round < 2000; round++) {
		struct truth t = { .patches = 1 + gsl_rng_uniform_int(random, KERNELS_MAX - 1),
				   .compare = compare_exactly };
		unsigned int guilty = 1 + gsl_rng_uniform_int(random, t.patches);

		for (unsigned int kernel = 1; kernel < t.patches; kernel++)
			t.skipped[kernel] = gsl_rng_uniform(random) < 0.4;
		t.effects[guilty] = 0.1;
		assert_found(&t, guilty);
	}
	gsl_rng_free(random);
}

static void test_all_between_skipped(void)
{
	struct truth t = { .patches = 9, .compare = compare_exactly };
	g_autoptr(bisection) b = NULL;

	for (unsigned int kernel = 1; kernel < 9; kernel++)
		t.skipped[kernel] = true;
	t.effects[4] = 1;
	b = bisect(&t);
	g_assert_cmpuint(b->good, ==, 0);
	g_assert_cmpuint(b->bad, ==, 9);
	g_assert_cmpuint(b->steps->len, ==, 8);
	g_assert_cmpuint(t.comparisons, ==, 1);
}

static const struct bisection_step *step_of(const struct bisection *b, guint i)
{
	return &g_array_index(b->steps, struct bisection_step, i);
}

/* Of two changes the larger one is found, and the table shows that there was another. */
static void test_two_changes(void)
{
	struct truth t = { .patches = 8, .compare = compare_exactly };
	g_autoptr(bisection) b = NULL;

	t.effects[2] = 0.05;
	t.effects[7] = -0.2;
	b = bisect(&t);
	g_assert_cmpuint(b->good, ==, 6);
	g_assert_cmpuint(b->bad, ==, 7);
	g_assert_cmpint(step_of(b, 0)->outcome, ==, BISECTION_BOTH);
	g_assert_cmpuint(step_of(b, 0)->kernel, ==, 4);
}

/* Many small ones that only together can be told from nothing. */
static void test_creeping(void)
{
	struct truth t = { .patches = 8, .compare = compare_images, .gate = 0.05 };
	g_autoptr(bisection) b = NULL;

	for (unsigned int patch = 1; patch <= 8; patch++)
		t.effects[patch] = 0.01;
	b = bisect(&t);
	g_assert_true(b->stuck);
	g_assert_cmpuint(b->good, ==, 0);
	g_assert_cmpuint(b->bad, ==, 8);
	g_assert_cmpint(step_of(b, 0)->outcome, ==, BISECTION_NEITHER);
}

static void test_ends_that_do_not_differ(void)
{
	struct truth t = { .patches = 5, .compare = compare_exactly };

	g_assert_null(bisect(&t));
	g_assert_cmpuint(t.comparisons, ==, 1);
}

/* The gate of a run with so many rebuilds, and the layouts of all kernels. */
static void draw_images(struct truth *t, unsigned int rebuilds)
{
	double images[16];

	for (unsigned int kernel = 0; kernel <= t->patches; kernel++)
		t->images[kernel] = gsl_ran_gaussian_ziggurat(t->random, t->noise);
	images[0] = t->images[0];
	for (unsigned int i = 1; i <= rebuilds; i++)
		images[i] = gsl_ran_gaussian_ziggurat(t->random, t->noise);
	t->gate = variance_apart(images, rebuilds + 1, ALPHA / bisection_comparisons(t->patches));
}

struct tally {
	unsigned int innocent;		/* what was left has no patch that changed anything */
	unsigned int found;		/* the one patch that did, and no other */
};

static struct tally repeat(struct truth *t, unsigned int runs, unsigned int rebuilds)
{
	struct tally tally = { 0 };

	t->random = gsl_rng_alloc(gsl_rng_mt19937);
	gsl_rng_set(t->random, SEED);
	for (unsigned int i = 0; i < runs; i++) {
		g_autoptr(bisection) b = NULL;
		bool guilty = false;

		if (rebuilds)
			draw_images(t, rebuilds);
		b = bisect(t);
		for (unsigned int patch = b ? b->good + 1 : 1; b && patch <= b->bad; patch++)
			guilty = guilty || t->effects[patch] != 0;
		tally.innocent += b && !guilty;
		tally.found += b && guilty && b->bad == b->good + 1;
	}
	gsl_rng_free(t->random);
	return tally;
}

#define RUNS 2000
/* Three standard errors of a share of 5 % in that many runs. */
#define ERROR_5 0.015

/* Under no change, and under one of any size, an innocent patch is accused no more often than was said. */
static void test_budget(void)
{
	static const double sizes[] = { 0, 1, 3, 6, 12, 40 };	/* in standard deviations */
	static const unsigned int patches[] = { 2, 7, 13 };

	for (size_t k = 0; k < G_N_ELEMENTS(patches); k++) {
		for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
			struct truth counted = { .patches = patches[k],
						 .compare = compare_images,
						 .noise = 0.01 };
			struct truth timed = { .patches = patches[k], .compare = compare_boots, .noise = 0.01 };
			struct tally images, boots;

			counted.effects[patches[k] / 2] = timed.effects[patches[k] / 2] = sizes[i] * 0.01;
			images = repeat(&counted, RUNS, 4);
			boots = repeat(&timed, RUNS / 4, 0);
			g_test_message("%u patches, one of %g sd: innocent %u of %d by images, %u of %d by "
				       "boots; found %u, %u",
				       patches[k], sizes[i], images.innocent, RUNS, boots.innocent, RUNS / 4,
				       images.found, boots.found);
			g_assert_cmpfloat(images.innocent, <=, (ALPHA + ERROR_5) * RUNS);
			g_assert_cmpfloat(boots.innocent, <=, (ALPHA + 2 * ERROR_5) * RUNS / 4);
		}
	}
}

/* A change that is large beside the noise is found, and it alone. */
static void test_power(void)
{
	struct truth counted = {
		.patches = 13, .compare = compare_images, .noise = 0.01, .effects = { [5] = 0.4 }
	};
	struct truth timed = {
		.patches = 13, .compare = compare_boots, .noise = 0.01, .effects = { [5] = 0.1 }
	};

	g_assert_cmpuint(repeat(&counted, 500, 7).found, >, 475);
	g_assert_cmpuint(repeat(&timed, 500, 0).found, >, 475);
}

static void test_counts(void)
{
	static const unsigned int cases[][3] = {
		{ 1, 1, 1 }, { 2, 3, 3 }, { 3, 5, 5 }, { 4, 5, 7 }, { 13, 9, 25 }, { 64, 13, 127 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_cmpuint(bisection_longest(cases[i][0]), ==, cases[i][1]);
		g_assert_cmpuint(bisection_comparisons(cases[i][0]), ==, cases[i][2]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bisection/every-patch", test_every_patch);
	g_test_add_func("/bisection/skipped", test_skipped);
	g_test_add_func("/bisection/all-between-skipped", test_all_between_skipped);
	g_test_add_func("/bisection/two-changes", test_two_changes);
	g_test_add_func("/bisection/creeping", test_creeping);
	g_test_add_func("/bisection/ends-that-do-not-differ", test_ends_that_do_not_differ);
	g_test_add_func("/bisection/budget", test_budget);
	g_test_add_func("/bisection/power", test_power);
	g_test_add_func("/bisection/counts", test_counts);
	return g_test_run();
}
