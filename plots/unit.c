// SPDX-License-Identifier: GPL-2.0-only
#include "unit.h"

#include <math.h>

double unit_highest(const struct comparison *c)
{
	double highest = 0;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++)
			highest = fmax(highest, c->arms[i].series[cell].highest);
	}
	return highest;
}

const struct unit *unit_of(const struct comparison *c, double highest)
{
	static const struct unit units[] = {
		{ 1e4, 1, "time, us", "thousand instructions", "us", "k instr." },
		{ 1e7, 1e3, "time, ms", "million instructions", "ms", "M instr." },
		{ INFINITY, 1e6, "time, s", "billion instructions", "s", "G instr." },
	};
	static const struct unit units_per_loop[] = {
		{ 1e4, 1, "time of a loop, ns", "instructions of a loop", "ns", "instr." },
		{ 1e7, 1e3, "time of a loop, us", "thousand instructions of a loop", "us", "k instr." },
		{ INFINITY, 1e6, "time of a loop, ms", "million instructions of a loop", "ms", "M instr." },
	};
	const struct unit *unit = c->run->plan->subtract_setup ? units_per_loop : units;

	while (highest >= unit->below)
		unit++;
	return unit;
}
