/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/*
 * Our own module (kernels/module/, docs/module.md): its sources, which are data to this program, and what a
 * build of it says of itself. build.c compiles it for each kernel.
 */
#define LOAD_MODULE "vmap_load"

typedef struct load_module {
	GPtrArray *files;	/* char *: absolute paths, in the order of their names */
	char *digest;		/* SHA-256 over their names and contents */
} load_module;

struct load_module *load_module_open(GError **error);
void load_module_free(struct load_module *m);

/* Makes @dir a folder that holds the sources and nothing else. */
bool load_module_copy(const struct load_module *m, const char *dir, GError **error);

/*
 * [{"name", "takes"}] from the .modinfo strings of the module: a load, and the names of the parameters that
 * mean something to it, as a list.
 */
json_t *load_module_loads(GPtrArray *modinfo);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(load_module, load_module_free)
