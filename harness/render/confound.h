/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/json.h"
#include "plan/plan.h"

/*
 * What differs between two arms beside what shall be compared: their manifests field by field, against what the
 * plan says of each (docs/statistics.md). Reads nothing but what it is given.
 */

/* An arm of a run. Everything is borrowed. */
struct confound_side {
	const struct plan *plan;
	const json_t *manifest;		/* the run's: its arms, configs and host */
	const char *arm;
};

enum confound_why {
	CONFOUND_DECLARED,		/* the plan's arms say so */
	CONFOUND_DERIVED,		/* follows from what else differs: lines of a .config, the image */
	CONFOUND_ALLOWED,		/* undeclared, and the user named its key */
	CONFOUND_UNDECLARED,
};

struct confound_difference {
	char *key; /* "tools.compiler" of the kernel's manifest; "host.qemu", "machine.smp" */
	char *baseline, *candidate;	/* NULL: absent */
	enum confound_why why;
};

typedef struct confound {
	GPtrArray *differences;		/* struct confound_difference *, inputs before what follows from them */
	guint counts[CONFOUND_UNDECLARED + 1];
	bool same_kernel; /* one image with one set of parameters: what differs is the machine's */
} confound;

/*
 * @allowed: keys that may differ, NULL-ended, or NULL; "tools" stands for all that begins with "tools.". Sides
 * of one run have one host and one machine; those of two runs are compared in these, too.
 */
struct confound *confound_new(const struct confound_side *baseline, const struct confound_side *candidate,
			      const char *const *allowed);
void confound_free(struct confound *c);

/* True when anything is undeclared: no figure of one side may be set against the other's. */
bool confound_refuses(const struct confound *c);

/*
 * The undeclared differences as the lines (char *) of a unified diff, headed by the names @baseline and
 * @candidate. Caller frees.
 */
GPtrArray *confound_diff(const struct confound *c, const char *baseline, const char *candidate);

/* "declared", "derived", "allowed", "undeclared". */
const char *confound_why_name(enum confound_why why);

/* False with BENCH_ERROR_USAGE when one of @allowed (may be NULL) begins like no key there is. */
bool confound_check_keys(const char *const *allowed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(confound, confound_free)
