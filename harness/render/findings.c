// SPDX-License-Identifier: GPL-2.0-only
#include "findings.h"

struct findings *findings_new(const struct run *r, enum comparison_metric metric, bool each_lock,
			      const char *const *allowed)
{
	struct findings *f = g_new0(struct findings, 1);

	f->comparison = comparison_new_allowing(r, metric, allowed);
	f->latency = latency_new(f->comparison);
	f->locks = locks_new(f->comparison, each_lock);
	f->overhead = overhead_new(f->comparison);
	f->staircase = staircase_new(f->comparison);
	f->profile = profile_new(f->comparison);
	f->samples = samples_new(f->comparison);
	f->calls = calls_new(f->comparison);
	f->live_memory = live_memory_new(f->comparison);
	return f;
}

void findings_free(struct findings *f)
{
	if (!f)
		return;
	staircase_free(f->staircase);
	profile_free(f->profile);
	samples_free(f->samples);
	calls_free(f->calls);
	live_memory_free(f->live_memory);
	overhead_free(f->overhead);
	locks_free(f->locks);
	latency_free(f->latency);
	comparison_free(f->comparison);
	g_free(f);
}

static bool any_refused(const struct comparison *c, char *const *refused, const struct comparison_arm *only)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (refused[i] && comparison_is_printed(&c->arms[i], only))
			return true;
	}
	return false;
}

bool findings_refused_arms(const struct findings *f, const struct comparison_arm *only)
{
	const struct comparison *c = f->comparison;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (confound_refuses(c->arms[i].confound) && (!only || &c->arms[i] == only))
			return true;
	}
	return false;
}

bool findings_refused_latency(const struct findings *f, const struct comparison_arm *only)
{
	return any_refused(f->comparison, f->latency->refused, only);
}

bool findings_refused_locks(const struct findings *f, const struct comparison_arm *only)
{
	return any_refused(f->comparison, f->locks->refused, only);
}
