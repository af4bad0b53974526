// SPDX-License-Identifier: GPL-2.0-only
/* The noise and the times that are read out of runs in which they are known. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "render/pilot.h"
#include "run-builder.h"

#define BLOCKS 150
#define BETWEEN 0.02
#define WITHIN 0.01

#define BOARD(name) "{runner: board, board: " name ".yaml}"

static const char plan_of_three[] = "title: t\narms:\n  - {name: a, source: linux-7.3}\n"
				    "  - {name: b, source: linux-7.3, append: b}\nbaseline: a\naa: true\n"
				    "machine: {accel: tcg}\ndesign: {blocks: 150, loads: 3}\n"
				    "cells: [{test: x, threads: [1], loops: 10}]\n";

/* The same on another machine; the caller frees it. */
static char *plan_on(const char *machine)
{
	GString *text = g_string_new(plan_of_three);

	g_string_replace(text, "{accel: tcg}", machine, 1);
	return g_string_free(text, FALSE);
}

/* Three arms of which one is faster, on a machine that is much slower in some blocks than in others. */
static struct run *drawn_run(unsigned int blocks, unsigned int loads)
{
	static const char *const arms[] = { "a", "b", "aa" };
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct run *r = builder_run(plan_of_three, "tcg");

	gsl_rng_set(random, 5);
	r->plan->design.loads = loads;
	for (unsigned int block = 0; block < blocks; block++) {
		double drift = gsl_ran_gaussian(random, 0.3);

		for (unsigned int arm = 0; arm < G_N_ELEMENTS(arms); arm++) {
			double boot = 8 + drift + 0.1 * (arm == 1) + gsl_ran_gaussian(random, BETWEEN);

			for (unsigned int load = 0; load < loads; load++)
				builder_load(r, block, arms[arm], "x/1",
					     exp(boot + gsl_ran_gaussian(random, WITHIN)));
		}
	}
	gsl_rng_free(random);
	return r;
}

static struct plan *parse(const char *text)
{
	GError *error = NULL;
	struct plan *p = plan_parse_frozen(text, "plan.yaml", &error);

	g_assert_no_error(error);
	return p;
}

static struct pilot *read_pilot(const struct run *r, const struct plan *p)
{
	GError *error = NULL;
	struct pilot *earlier = pilot_new(r, p, COMPARISON_MEDIAN, &error);

	g_assert_no_error(error);
	return earlier;
}

/* A run on @machine, whose board, when it has one, was that of @path. */
static struct run *board_run(const char *machine, const char *path)
{
	g_autofree char *text = plan_on(machine);
	struct run *r = drawn_run(4, 3);

	plan_free(r->plan);
	r->plan = parse(text);
	json_object_set_new(r->manifest, "accel", json_string(r->plan->machine.accel));
	if (path) {
		json_object_set_new(r->manifest, "board", json_pack("{ss}", "path", path));
		plan_set_board(r->plan, "arm64", 8);
	}
	return r;
}

static void test_noise(void)
{
	g_autoptr(run) r = drawn_run(BLOCKS, 3);
	g_autoptr(plan) p = parse(plan_of_three);
	g_autoptr(pilot) earlier = read_pilot(r, p);
	const struct pilot_row *row = &earlier->rows[0];

	g_assert_cmpuint(row->blocks, ==, BLOCKS);
	g_assert_cmpuint(row->arms, ==, 3);
	g_assert_cmpfloat_with_epsilon(sqrt(row->between), BETWEEN, 0.1 * BETWEEN);
	g_assert_cmpfloat_with_epsilon(sqrt(row->within), WITHIN, 0.1 * WITHIN);
	g_assert_true(isnan(earlier->boot_s));
}

/* All is the boot's: no claim that more loads would help. */
static void test_one_load(void)
{
	g_autoptr(run) r = drawn_run(BLOCKS, 1);
	g_autoptr(plan) p = parse(plan_of_three);
	g_autoptr(pilot) earlier = read_pilot(r, p);

	g_assert_true(isnan(earlier->rows[0].within));
	g_assert_cmpfloat_with_epsilon(sqrt(earlier->rows[0].between), hypot(BETWEEN, WITHIN), 0.1 * BETWEEN);
}

static void test_failed_arm(void)
{
	g_autoptr(run) r = drawn_run(BLOCKS, 2);
	g_autoptr(plan) p = parse(plan_of_three);
	g_autoptr(pilot) earlier = NULL;

	builder_end(r, "b", RUN_KERNEL, "it died");
	earlier = read_pilot(r, p);
	g_assert_cmpuint(earlier->rows[0].arms, ==, 2);
}

static void test_too_few(void)
{
	g_autoptr(run) r = drawn_run(PILOT_BLOCKS_MIN - 1, 2);
	g_autoptr(plan) p = parse(plan_of_three);
	g_autoptr(GError) error = NULL;

	g_assert_null(pilot_new(r, p, COMPARISON_MEDIAN, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
}

static void test_times(void)
{
	g_autoptr(run) r = drawn_run(4, 2);
	g_autoptr(plan) p = parse(plan_of_three);
	g_autoptr(pilot) earlier = NULL;

	for (unsigned int block = 0; block < 4; block++) {
		struct run_boot_end *end;

		builder_end(r, "a", RUN_OK, NULL);
		end = r->ends->pdata[r->ends->len - 1];
		g_free(end->boot);
		end->boot = g_strdup_printf("b%03u-a-x/1", block);
		end->boot_s = 2;
		end->loads_s = 10;
		end->shutdown_s = 1;
	}
	earlier = read_pilot(r, p);
	g_assert_cmpfloat(earlier->boot_s, ==, 3);
	g_assert_cmpfloat(earlier->rows[0].load_s, ==, 5);
	/* 7 blocks of 3 arms, each a boot of 3 s and the plan's 3 loads of 5 s. */
	g_assert_cmpfloat_with_epsilon(pilot_duration_s(earlier, p, 7), 7 * 3 * (3 + 3 * 5), 1e-9);
}

/* A board is known by its file: how many CPUs it has, no plan says. */
static void test_board(void)
{
	static const struct {
		const char *had, *wanted;	/* machines of plans */
		const char *path;		/* of the board that the run had */
		const char *why;		/* NULL: the same machine */
	} pairs[] = {
		{ BOARD("lab"), BOARD("lab"), "lab.yaml", NULL },
		{ BOARD("lab"), BOARD("other"), "lab.yaml",
		  "on the board of lab.yaml, and plan.yaml asks for the board of other.yaml" },
		{ BOARD("lab"), "{accel: tcg}", "lab.yaml", "asks for x86_64, smp 4, accel tcg" },
		{ "{accel: tcg}", BOARD("lab"), NULL, "on x86_64, smp 4, accel tcg, and" },
		{ BOARD("lab"), BOARD("lab"), NULL, "a file that it does not name" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree char *text = plan_on(pairs[i].wanted);
		g_autoptr(run) r = board_run(pairs[i].had, pairs[i].path);
		g_autoptr(plan) p = parse(text);
		g_autoptr(GError) error = NULL;
		g_autoptr(pilot) earlier = pilot_new(r, p, COMPARISON_MEDIAN, &error);

		if (pairs[i].why)
			g_assert_nonnull(strstr(error->message, pairs[i].why));
		else
			g_assert_no_error(error);
		g_assert_true(!earlier == !!pairs[i].why);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pilot/noise", test_noise);
	g_test_add_func("/pilot/one-load", test_one_load);
	g_test_add_func("/pilot/failed-arm", test_failed_arm);
	g_test_add_func("/pilot/too-few", test_too_few);
	g_test_add_func("/pilot/times", test_times);
	g_test_add_func("/pilot/board", test_board);
	return g_test_run();
}
