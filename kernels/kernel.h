/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/*
 * A kernel under test: from a source, a series and a configuration to an image in the cache; or from a package.
 * source.c fetches, series.c patches, config.c configures, build.c compiles, manifest.c records; cache.c knows
 * where. image.c takes kernels that others have built.
 */
struct kernel_spec {
	const char *name;		/* what progress and errors call it, or NULL */
	const char *source;		/* see struct plan_arm */
	const char *const *series;	/* absolute paths of patch files */
	unsigned int series_count;
	const char *config;		/* one more fragment, or NULL */
	unsigned int layout;		/* see struct plan_arm */
	const char *arch;		/* x86_64, arm64 */
};

/* The folder of `modules` in a kernel's folder. */
#define KERNEL_MODULES "modules"

typedef struct kernel {
	char *dir;		/* its folder in the cache */
	char *image;		/* bzImage, or what its architecture calls it */
	char *module;		/* test_vmalloc.ko; NULL: a kernel that was built elsewhere has none */
	char *load_module;	/* ours (load-module.h); NULL: likewise, or built before there was one */
	char *soak_module;	/* likewise */
	char **modules;		/* NULL-ended paths: what a guest inserts to reach its host, in this order */
	json_t *manifest;
	bool from_cache;	/* kernel_build() found it; false: it was built, or fetched, just now */
} kernel;

/*
 * The kernel of @spec: out of the cache, or built into it. Prints progress; the error holds the sentence, for a
 * failed compilation the compiler's lines and the log's path. Two processes may call it at the same time.
 */
struct kernel *kernel_build(const struct kernel_spec *spec, GError **error);

/* The kernel whose folder is @dir; an error when the cache no longer holds it. */
struct kernel *kernel_open(const char *dir, GError **error);
void kernel_free(struct kernel *k);

/*
 * The mask bit by which test_vmalloc of this kernel knows @test, 0 when it does not. From the module's own
 * text.
 */
guint64 kernel_test_mask(const struct kernel *k, const char *test);

/* Whether test_vmalloc of this kernel has the parameter @name. */
bool kernel_test_has_param(const struct kernel *k, const char *name);

/* Which of our own modules has the load @name: its name (load-module.h), borrowed; NULL: none. */
const char *kernel_load_module(const struct kernel *k, const char *name);
/* Whether the load @name takes the parameter @parameter. */
bool kernel_load_takes(const struct kernel *k, const char *name, const char *parameter);

/* The names of all its tests and loads, NULL-ended; caller frees with g_strfreev(). */
char **kernel_test_names(const struct kernel *k);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(kernel, kernel_free)
