/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Which modules a ready-built kernel has, and in what order they can be inserted by somebody who has no
 * modprobe. A package has no modules.dep, which depmod makes when it is installed: what a module depends on is
 * asked of the module itself. Names are the kernel's own, with '_' where a file's name may have '-'.
 */
typedef struct modules {
	GHashTable *files;	/* name -> path below the modules' folder, with .ko at its end */
	GHashTable *builtin;	/* names of those that are part of the image */
} modules;

/* From the texts of modules.order and modules.builtin. Lines that name no module are passed over. */
struct modules *modules_parse(const char *order, const char *builtin);
void modules_free(struct modules *m);

enum modules_place { MODULES_NOWHERE, MODULES_BUILTIN, MODULES_FILE };

enum modules_place modules_where(const struct modules *m, const char *name);

/*
 * What the module @name, whose file is @file, says in its .modinfo after "depends=": names with commas. NULL
 * with @error. Caller frees.
 */
typedef char *(*modules_depends_fn)(const char *name, const char *file, void *data, GError **error);

/*
 * The names of @wanted (NULL-ended) and of all that they depend on, each after what it depends on; without
 * those that are built in. An error (BENCH_ERROR_FAILED) when one is nowhere, when two depend on each other,
 * and when there are more than MODULES_MOST. Array of char *; caller unrefs.
 */
#define MODULES_MOST 100
GPtrArray *modules_order(const struct modules *m, const char *const *wanted, modules_depends_fn depends,
			 void *data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(modules, modules_free)
