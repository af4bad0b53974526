/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/*
 * The exact interval of a probability after @hits <= @trials of @trials >= 1 independent trials; covers at
 * least as often as @level in (0, 1) says. Clopper and Pearson, The use of confidence or fiducial limits
 * illustrated in the case of the binomial, Biometrika 26 (1934) 404-413, by quantiles of the beta distribution;
 * R: binom.test(hits, trials)$conf.int.
 */
struct proportion {
	double low, high;
};

struct proportion proportion_interval(size_t hits, size_t trials, double level);
