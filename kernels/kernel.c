// SPDX-License-Identifier: GPL-2.0-only
#include "kernel.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

static struct kernel *open_files(const char *dir, GError **error)
{
	g_autoptr(kernel) k = g_new0(struct kernel, 1);
	g_autofree char *manifest = g_build_filename(dir, "manifest.json", NULL);

	k->dir = g_strdup(dir);
	k->image = g_build_filename(dir, "bzImage", NULL);
	k->module = g_build_filename(dir, "test_vmalloc.ko", NULL);
	k->manifest = json_file_read(manifest, error);
	if (!k->manifest)
		return NULL;
	if (g_file_test(k->image, G_FILE_TEST_IS_REGULAR) && g_file_test(k->module, G_FILE_TEST_IS_REGULAR))
		return g_steal_pointer(&k);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s is missing",
		    g_file_test(k->image, G_FILE_TEST_IS_REGULAR) ? k->module : k->image);
	return NULL;
}

struct kernel *kernel_open(const char *dir, GError **error)
{
	struct kernel *k = open_files(dir, error);

	if (!k)
		g_prefix_error(error,
			       "%s: the cache does not hold this kernel any more (`vmapbench build PLAN` makes "
			       "it again): ",
			       dir);
	return k;
}

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	json_decref(k->manifest);
	g_free(k->module);
	g_free(k->image);
	g_free(k->dir);
	g_free(k);
}

guint64 kernel_test_mask(const struct kernel *k, const char *test)
{
	const json_t *tests = json_object_get(k->manifest, "tests");
	const json_t *entry;
	size_t i;

	json_array_foreach(tests, i, entry) {
		if (!g_strcmp0(json_text(entry, "name"), test))
			return (guint64)json_count(entry, "mask", 0);
	}
	return 0;
}

bool kernel_test_has_param(const struct kernel *k, const char *name)
{
	const json_t *parameters = json_object_get(k->manifest, "test_parameters");
	const json_t *entry;
	size_t i;

	json_array_foreach(parameters, i, entry) {
		if (!g_strcmp0(json_string_value(entry), name))
			return true;
	}
	return false;
}

char **kernel_test_names(const struct kernel *k)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	const json_t *tests = json_object_get(k->manifest, "tests");
	const json_t *entry;
	size_t i;

	json_array_foreach(tests, i, entry) {
		if (json_text(entry, "name"))
			g_strv_builder_add(names, json_text(entry, "name"));
	}
	return g_strv_builder_end(names);
}
