/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "kernels/cache.h"
#include "kernels/slot.h"

/* What is known of a build only after it. */
struct build_facts {
	const char *key;
	const char *dot_config;
	double seconds;		/* wall time of make */
	bool reused;		/* the object tree held a finished build before */
};

/* manifest.json of the kernel in @s, as docs/kernels.md describes it. */
json_t *manifest_new(const struct recipe *r, const struct slot *s, const struct build_facts *facts,
		     GError **error);

/* [{"name", "mask"}] from the description of run_test_mask in a module's .modinfo strings. */
json_t *manifest_tests(GPtrArray *modinfo);

/* The names of a module's parameters, from its .modinfo strings. */
json_t *manifest_parameters(GPtrArray *modinfo);

/*
 * {"bytes", "pahole"}: the size of struct @name of the kernel and what pahole prints of it; null when the
 * kernel has no such struct; {"error"}: why nobody knows.
 */
json_t *manifest_struct(const char *vmlinux, const char *name);
