/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "kernels/config.h"
#include "kernels/kernel.h"
#include "kernels/load-module.h"
#include "kernels/source.h"
#include "kernels/target.h"
#include "kernels/tools.h"

/* All that decides what a kernel will be, gathered before anything is built. */
typedef struct recipe {
	const struct kernel_spec *spec;	/* borrowed */
	const struct target *target;
	struct source *from;
	struct config_request *config;
	struct tools *tools;
	GPtrArray *patch_digests;	/* char *: SHA-256 of each patch, in order */
	struct load_module *module;	/* ours, built for every kernel */
	char *inputs;			/* digest of all these */
} recipe;

/* Opens (fetches, if need be) the source and reads everything else. The error says which input is at fault. */
struct recipe *recipe_new(const struct kernel_spec *spec, GError **error);
void recipe_free(struct recipe *r);

/*
 * A kernel's key is a digest over source, patches, our module's sources, compiler, pahole, make's variables,
 * layout and the *final* configuration. That takes a configured tree, so that a second table leads from
 * recipe->inputs to a key.
 */
char *cache_key(const struct recipe *r, const char *dot_config);

/* kernels/KEY in the cache. Caller frees. */
char *cache_dir(const char *key);

/* The kernel made from the same inputs (recipe->inputs) before; NULL when there is none. */
struct kernel *cache_find(const char *inputs);

/* Notes that @inputs lead to @key. */
bool cache_link(const char *inputs, const char *key, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(recipe, recipe_free)
