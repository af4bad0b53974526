/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * What a row says. Effects are natural logarithms of t(baseline) / t(candidate): + is faster, and swapping
 * the arms only turns the sign. A gate is the smallest effect that matters, > 0, on the same scale.
 */
enum verdict {
	VERDICT_IMPROVED,
	VERDICT_REGRESSED,
	VERDICT_EQUIVALENT,
	VERDICT_CANNOT_TELL,
};

/* "improved", "regressed", "equivalent", "cannot tell". */
const char *verdict_name(enum verdict v);

struct verdict_timed {
	double effect, low, high;	/* Hodges-Lehmann estimate and its interval, which may be unbounded */
	double p;			/* of no effect, adjusted for the family */
	double alpha;
	double gate;
};

/*
 * Equivalent: the interval lies inside the gate (two one-sided tests; Schuirmann, J. Pharmacokinet. Biopharm.
 * 15 (1987) 657-680). Improved or regressed: not that, p <= alpha, and the estimate is outside of the gate.
 * Otherwise, and with a NaN among the numbers: cannot tell.
 */
enum verdict verdict_timed(const struct verdict_timed *row);

/*
 * For instruction counts, which have no spread: equivalent up to the gate. Without a gate (NaN) only an
 * effect of exactly 0 can be judged: equivalent.
 */
enum verdict verdict_counted(double effect, double gate);

struct verdict_settle {
	double effect;		/* as estimated */
	double sd;		/* standard deviation of the blocks' log-ratios */
	size_t blocks;		/* there are now */
	size_t rows;		/* in the family */
	double alpha;
	double gate;
};

/*
 * About how many blocks would settle a row with a probability of 80 %, were the truth what is estimated now
 * and the log-ratios normal. Outside of the gate: Noether, Sample size determination for some common
 * nonparametric tests, JASA 82 (1987) 645-647, for the signed-rank test, at alpha / rows (too many rather
 * than too few where the effect is large against the sd). Inside: Chow, Shao, Wang, Sample Size Calculations
 * in Clinical Research, 2nd ed. 2008, section 3.1.2 (equivalence), times pi / 3, by which the signed-rank
 * test needs more than t (Hodges and Lehmann, Ann. Math. Statist. 27 (1956) 324-335). 0 when that cannot be
 * said honestly: fewer than 3 blocks, an effect beside the gate (more than 1000 blocks), or an answer that is
 * not more than there are.
 */
unsigned int verdict_blocks_to_settle(const struct verdict_settle *row);
