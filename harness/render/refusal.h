/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/comparison.h"
#include "render/page.h"

/*
 * Why @arm's figures of @collector ("latency", "locks") are not set against the baseline's: the two are
 * confounded, one of them was measured in more than one way, or they were in different ways; a sentence that
 * names both, which the caller frees. NULL: they may be. For the baseline itself: whether it was measured in
 * one way.
 */
char *refusal_new(const struct comparison *c, const char *collector, const struct comparison_arm *arm);

/*
 * Why the times that CPUs waited are left out: the guest has more CPUs than the host, so that they are the
 * host's scheduling. A sentence the caller frees; NULL: they are not.
 */
char *refusal_of_wait_times(const struct run *r);

/* In the place of the table. */
void refusal_print(const struct page *p, const char *sentence);
