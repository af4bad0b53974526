/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/calls.h"
#include "render/comparison.h"
#include "render/latency.h"
#include "render/live-memory.h"
#include "render/locks.h"
#include "render/overhead.h"
#include "render/profile.h"
#include "render/samples.h"
#include "render/staircase.h"

/* All that a run has to say; what prints and draws reads these structs and no records. */
typedef struct findings {
	struct comparison *comparison;
	struct latency *latency;
	struct locks *locks;
	struct overhead *overhead;
	struct staircase *staircase; /* NULL: the run is not one of a series */
	struct profile *profile;
	struct samples *samples;
	struct calls *calls;
	struct live_memory *live_memory;
} findings;

/* @each_lock: see locks_new(); @allowed (may be NULL): see confound_new(). @r must live as long. */
struct findings *findings_new(const struct run *r, enum comparison_metric metric, bool each_lock,
			      const char *const *allowed);
void findings_free(struct findings *f);

/* Whether @only, or with NULL any arm, differs from the baseline in what nobody declared (confound.h). */
bool findings_refused_arms(const struct findings *f, const struct comparison_arm *only);

/* Whether latencies, or locks, of an arm that comparison_is_printed() with @only (may be NULL) were refused. */
bool findings_refused_latency(const struct findings *f, const struct comparison_arm *only);
bool findings_refused_locks(const struct findings *f, const struct comparison_arm *only);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(findings, findings_free)
