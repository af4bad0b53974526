/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/*
 * Our own modules (kernels/module/, docs/module.md): their sources, which are data to this program, and what a
 * build of them says of itself. build.c compiles them for each kernel.
 */
#define LOAD_MODULE "vmap_load"
#define SOAK_MODULE "vmap_soak_000"	/* the first of its copies (docs/soak.md) */

/* All of them, NULL-ended. */
extern const char *const load_module_names[];

typedef struct load_module {
	GPtrArray *files;	/* char *: absolute paths, in the order of their names */
	char *digest;		/* SHA-256 over their names and contents */
} load_module;

struct load_module *load_module_open(GError **error);
void load_module_free(struct load_module *m);

/* Makes @dir a folder that holds the sources and nothing else. */
bool load_module_copy(const struct load_module *m, const char *dir, GError **error);

/*
 * Appends {"name", "module", "takes"} to the array @loads for each load in the .modinfo strings of @module, one
 * of load_module_names[]: a load, where it is, and the names of the parameters that mean something to it, as a
 * list.
 */
void load_module_add_loads(json_t *loads, const char *module, GPtrArray *modinfo);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(load_module, load_module_free)
