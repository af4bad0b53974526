/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "render/comparison.h"
#include "run-builder.h"

/*
 * Runs whose truth is known, through comparison_new(), which is what `vmapbench compare` prints: how often rows
 * are marked that should not be, and rows found that should. Beside it the rule "the 95 % confidence intervals
 * of the two means of all loads do not overlap". Shared by the bench and its quick form among the unit tests.
 */
struct simulation {
	unsigned int rows, blocks, loads;
	double between, within;		/* standard deviations of logarithms */
	double gate_pct;
	double effect;			/* of the first row, its sign alternates from run to run; 0: A/A */
};

/* Of some runs. "Any": of the rows without an effect. */
struct simulation_tally {
	unsigned int runs;
	/* Runs with at least one such row: ours, and by intervals of means. */
	unsigned int any_marked, any_apart;
	unsigned int apart;			/* such rows by intervals of means */
	unsigned int found;			/* runs in which the effect was marked, with its sign */
};

#define SIMULATION_BASE "base"
#define SIMULATION_CANDIDATE "candidate"

static inline char *simulation_plan(const struct simulation *s)
{
	GString *text =
		g_string_new("title: simulated\narms:\n  - {name: " SIMULATION_BASE ", source: linux-7.3}\n"
			     "  - {name: " SIMULATION_CANDIDATE ", source: linux-7.3, series: [c.patch]}\n"
			     "baseline: " SIMULATION_BASE "\nmachine: {accel: tcg}\n");

	g_string_append_printf(text, "design: {blocks: %u, loads: %u, gate_pct: %g}\ncells:\n", s->blocks,
			       s->loads, s->gate_pct);
	for (unsigned int row = 0; row < s->rows; row++)
		g_string_append_printf(text, "  - {test: t%u, threads: [1]}\n", row);
	return g_string_free(text, FALSE);
}

/* All loads there are, in the order block, arm, row, load; their times are drawn later. */
static inline struct run *simulation_run_new(const struct simulation *s)
{
	static const char *const arms[] = { SIMULATION_BASE, SIMULATION_CANDIDATE };
	g_autofree char *text = simulation_plan(s);
	struct run *r = builder_run(text, "tcg");

	for (unsigned int block = 0; block < s->blocks; block++) {
		for (unsigned int boot = 0; boot < 2 * s->rows; boot++) {
			g_autofree char *cell = g_strdup_printf("t%u/1", boot % s->rows);

			for (unsigned int load = 0; load < s->loads; load++)
				builder_load(r, block, arms[boot / s->rows], cell, 1);
		}
	}
	return r;
}

static inline double *simulation_time(const struct run_load *load)
{
	return &g_array_index(load->workers_us, double, 0);
}

static inline void simulation_draw(const struct simulation *s, struct run *r, double effect, gsl_rng *random)
{
	for (guint i = 0; i < r->loads->len; i += s->loads) {
		unsigned int boot = i / s->loads % (2 * s->rows);
		double center = gsl_ran_gaussian_ziggurat(random, s->between) - (boot == s->rows ? effect : 0);

		for (guint load = i; load < i + s->loads; load++)
			*simulation_time(r->loads->pdata[load]) =
				1e4 * exp(center + gsl_ran_gaussian_ziggurat(random, s->within));
	}
}

/* The 95 % confidence interval of the mean of all loads, as if they were independent. */
static inline void simulation_interval(const struct simulation *s, const struct run *r, unsigned int boot,
				       double *ret_low, double *ret_high)
{
	guint count = s->blocks * s->loads;
	g_autofree double *times = g_new(double, count);
	double mean, half;

	for (guint i = 0; i < count; i++) {
		guint of_block = i / s->loads * 2 * s->rows;

		times[i] = *simulation_time(r->loads->pdata[(of_block + boot) * s->loads + i % s->loads]);
	}
	mean = gsl_stats_mean(times, 1, count);
	half = gsl_cdf_tdist_Qinv(0.025, count - 1) * gsl_stats_sd_m(times, 1, count, mean) / sqrt(count);
	*ret_low = mean - half;
	*ret_high = mean + half;
}

static inline bool simulation_is_apart(const struct simulation *s, const struct run *r, unsigned int row)
{
	double low, high, other_low, other_high;

	simulation_interval(s, r, row, &low, &high);
	simulation_interval(s, r, s->rows + row, &other_low, &other_high);
	return high < other_low || other_high < low;
}

static inline void simulation_judge(const struct simulation *s, const struct run *r, double effect,
				    struct simulation_tally *t)
{
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	const struct contrast *rows = comparison_find_arm(c, SIMULATION_CANDIDATE)->rows;
	unsigned int marked = 0, apart = 0;

	for (unsigned int row = effect != 0; row < s->rows; row++) {
		marked += rows[row].verdict == VERDICT_IMPROVED || rows[row].verdict == VERDICT_REGRESSED;
		apart += simulation_is_apart(s, r, row);
	}
	t->runs++;
	t->any_marked += marked > 0;
	t->any_apart += apart > 0;
	t->apart += apart;
	if (effect != 0)
		t->found += rows[0].verdict == (effect > 0 ? VERDICT_IMPROVED : VERDICT_REGRESSED);
}

static inline struct simulation_tally simulation_repeat(const struct simulation *s, unsigned int runs,
							unsigned long seed)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct run *r = simulation_run_new(s);
	struct simulation_tally t = { 0 };

	gsl_rng_set(random, seed);
	for (unsigned int i = 0; i < runs; i++) {
		double effect = i % 2 ? -s->effect : s->effect;

		simulation_draw(s, r, effect, random);
		simulation_judge(s, r, effect, &t);
	}
	run_free(r);
	gsl_rng_free(random);
	return t;
}
