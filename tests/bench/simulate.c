// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the table of docs/statistics.md, section "Simulated": simulate [RUNS] (2000 for each line and kind).
 */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/simulation.h"
#include "stats/power.h"

#define SEED 20261120
#define WITHIN 0.01
#define LOADS 3
/* The fewest by which a family of 36 rows can be marked. */
#define BLOCKS 11

/* One standard error of a share of @runs. */
static double error_pct(double share, unsigned int runs)
{
	return 100 * sqrt(share * (1 - share) / runs);
}

static double share(unsigned int count, unsigned int of)
{
	return (double)count / of;
}

static double detectable(const struct simulation *s)
{
	struct power *p = power_new(s->rows, CONTRAST_ALPHA, s->blocks);
	double sd = power_ratio_sd(s->between * s->between, s->within * s->within, s->loads);
	double effect;

	power_set_blocks(p, s->blocks);
	effect = power_detectable(p, sd, log1p(s->gate_pct / 100));
	power_free(p);
	return effect;
}

/* Twice the same kernels: with a gate that protects from nothing, so that it is the test that is tested. */
static void print_line(struct simulation s, unsigned int runs)
{
	struct simulation_tally aa, with_effect;
	double marked, found;

	s.gate_pct = 0.01;
	aa = simulation_repeat(&s, runs, SEED);
	s.gate_pct = 2;
	s.effect = detectable(&s);
	with_effect = simulation_repeat(&s, runs, SEED + 1);
	marked = share(aa.any_marked, runs);
	found = share(with_effect.found, runs);
	puts("| rows | blocks | between / within | any false mark % | any by intervals of means % | per row % | "
	     "effect by `power` % | found % |\n|---|---|---|---|---|---|---|---|");
	for (size_t i = 0; i < G_N_ELEMENTS(rows) * G_N_ELEMENTS(ratios); i++) {
		const struct simulation s = {
			.rows = rows[i / G_N_ELEMENTS(ratios)], .blocks = BLOCKS, .loads = LOADS,
			.between = ratios[i % G_N_ELEMENTS(ratios)] * WITHIN, .within = WITHIN,
		};

		print_line(s, runs);
	}
	return 0;
}
| %u | %u | %g | %.1f +- %.1f | %.1f | %.1f | %.2f | %.1f +- %.1f |\n", s.rows, s.blocks,
	       s.between / s.within, 100 * marked, error_pct(marked, runs), 100 * share(aa.any_apart, runs),
	       100 * share(aa.apart, runs * s.rows), 100 * expm1(s.effect), 100 * found,
	       error_pct(found, runs));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const unsigned int rows[] = { 12, 36 };
	static const unsigned int ratios[] = { 0, 1, 2, 4 };
	unsigned int runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;

	if (runs < 1 || argc > 2) {
		fprintf(stderr, "usage: simulate [RUNS]\n");
		return 2;
	}
	printf("| rows | blocks | between / within | any false mark %% | any by intervals of means %% | "
| per "
	       "row %% | "
	       "per row %% | effect by `power` %% | found %% |\n|---|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (size_t k = 0; k < G_N_ELEMENTS(ratios); k++)
			print_line((struct simulation){ .rows = rows[i],
							.blocks = 11,
							.loads = LOADS,
							.between = ratios[k] * WITHIN,
							.within = WITHIN },
				   runs);
	}
	return 0;
}
