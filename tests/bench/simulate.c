// SPDX-License-Identifier: GPL-2.0-only
/* Prints the table of docs/statistics.md, section "Simulated": simulate [RUNS], 2000 of each kind for each line. */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/simulation.h"
#include "stats/power.h"

#define SEED 20261120
#define WITHIN 0.01
#define LOADS 3
/* The fewest by which a row in a family of 36 can be marked. */
#define BLOCKS 11
#define GATE_PCT 2
/* A gate that protects from nothing, so that it is the tests that are tested. */
#define GATE_NONE_PCT 0.01

static double pct(unsigned int count, unsigned int of)
{
	return 100.0 * count / of;
}

/* One standard error of that. */
static double error_pct(unsigned int count, unsigned int of)
{
	double share = (double)count / of;

	return 100 * sqrt(share * (1 - share) / of);
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

static void print_line(struct simulation s, unsigned int runs)
{
	struct simulation_tally same, changed;

	s.gate_pct = GATE_NONE_PCT;
	same = simulation_repeat(&s, runs, SEED);
	s.gate_pct = GATE_PCT;
	s.effect = detectable(&s);
	changed = simulation_repeat(&s, runs, SEED + 1);
	printf("| %u | %g | %.1f +- %.1f | %.1f | %.1f | %.2f | %.1f +- %.1f |\n", s.rows, s.between / s.within,
	       pct(same.any_marked, runs), error_pct(same.any_marked, runs), pct(same.any_apart, runs),
	       pct(same.apart, runs * s.rows), 100 * expm1(s.effect), pct(changed.found, runs),
	       error_pct(changed.found, runs));
	fflush(stdout);
}

static void print_table(unsigned int runs)
{
	static const unsigned int rows[] = { 12, 36 };
	static const unsigned int ratios[] = { 0, 1, 2, 4 };

	puts("| rows | between / within | any false mark % | any, by means % | a row, by means % | effect % | found % |\n"
	     "|---|---|---|---|---|---|---|");
	for (size_t i = 0; i < G_N_ELEMENTS(rows) * G_N_ELEMENTS(ratios); i++) {
		const struct simulation s = {
			.rows = rows[i / G_N_ELEMENTS(ratios)], .blocks = BLOCKS, .loads = LOADS,
			.between = ratios[i % G_N_ELEMENTS(ratios)] * WITHIN, .within = WITHIN,
		};

		print_line(s, runs);
	}
}

int main(int argc, char **argv)
{
	unsigned int runs = argc == 2 ? strtoul(argv[1], NULL, 10) : 2000;

	if (runs < 1 || argc > 2) {
		fprintf(stderr, "usage: simulate [RUNS]\n");
		return 2;
	}
	print_table(runs);
	return 0;
}
