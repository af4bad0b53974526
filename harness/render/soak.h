/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "journal/run.h"

/* What a soak (docs/soak.md) has done so far, and what it has found. */

struct soak_arm {
	const char *name;
	guint boots;			/* that ended, but for those that the machinery spoilt */
	guint spoilt;
	guint loads;
	guint cycles;			/* how often all of its cells were run through */
	guint64 module_loads;		/* finit_module() of module_load and its like */
	double guest_s;			/* of all its boots */
	guint splats;			/* leaks among them */
	guint leaks;
	const struct run_boot_end *failed;	/* the boot that ended it, or NULL */
};

/* All reports of one arm that say the same. */
struct soak_splat {
	const struct run_splat *first;
	char *fingerprint;		/* owned */
	guint count;
};

typedef struct soak {
	const struct run *run;
	GPtrArray *names;
	struct soak_arm *arms;		/* as they are booted: plan_arm_names() */
	guint arms_count;
	GPtrArray *splats;		/* struct soak_splat *, in the order they were first seen */
} soak;

/* @r must outlive it. */
struct soak *soak_new(const struct run *r);
void soak_free(struct soak *s);

bool soak_has_failure(const struct soak *s);

/*
 * @text without what is another in each boot: addresses, offsets, numbers of CPUs, processes and bytes; lines
 * of source files stay. Two reports with the same are taken for one. Caller frees.
 */
char *soak_fingerprint(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(soak, soak_free)
