// SPDX-License-Identifier: GPL-2.0-only
#include "kernel.h"

#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/json.h"
#include "kernels/load-module.h"
#include "kernels/target.h"

static void set_missing_error(const char *dir, const char *reason, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "%s: the cache does not hold this kernel any more (`vmapbench build PLAN` makes "
		    "it again): %s", dir, reason);
}

static bool check_file(const struct kernel *k, const char *path, GError **error)
{
	g_autofree char *reason = g_strdup_printf("%s is missing", path);

	if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return true;
	set_missing_error(k->dir, reason, error);
	return false;
}

static bool check_present(const struct kernel *k, GError **error)
{
	const char *const modules[] = { k->module, k->load_module, k->soak_module };

	if (!check_file(k, k->image, error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(modules); i++) {
		if (modules[i] && !check_file(k, modules[i], error))
			return false;
	}
	for (char **path = k->modules; *path; path++) {
		if (!check_file(k, *path, error))
			return false;
	}
	return true;
}

/* A power cut may leave a file with its name but without its content. */
static bool check_whole(const struct kernel *k, GError **error)
{
	gint64 wanted = json_count(json_object_get(k->manifest, "image"), "bytes", -1);
	struct stat info;

	if (stat(k->image, &info) == 0 && info.st_size == wanted)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s is damaged; remove it: it will be built again",
		    k->dir);
	return false;
}

/* The paths of the manifest's "modules", which a kernel of ours has none of; caller frees with g_strfreev(). */
static char **module_paths(const char *dir, const json_t *manifest)
{
	g_autoptr(GStrvBuilder) paths = g_strv_builder_new();
	const json_t *list = json_object_get(manifest, "modules");
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		const char *file = json_text(entry, "file");
		g_autofree char *path = file ? g_build_filename(dir, KERNEL_MODULES, file, NULL) : NULL;

		if (path)
			g_strv_builder_add(paths, path);
	}
	return g_strv_builder_end(paths);
}

static bool was_built_here(const json_t *manifest)
{
	return g_strcmp0(json_text(json_object_get(manifest, "source"), "kind"), "image");
}

/* For what @manifest says that it is; NULL when no target of ours is called that. Caller frees. */
static char *image_path(const char *dir, const json_t *manifest)
{
	const char *arch = json_text(manifest, "arch");
	const struct target *target = arch ? target_find(arch, NULL) : NULL;

	return target ? g_build_filename(dir, target_image_name(target), NULL) : NULL;
}

/* Before there were two of them, the entries of the manifest's "loads" had no need to name theirs. */
static const char *module_of(const json_t *load)
{
	const char *module = json_text(load, "module");

	return module ? module : LOAD_MODULE;
}

/* One of our own modules; NULL when the manifest has no load of it. Caller frees. */
static char *own_module_path(const char *dir, const json_t *manifest, const char *module)
{
	const json_t *load;
	size_t i;

	json_array_foreach(json_object_get(manifest, "loads"), i, load) {
		if (!strcmp(module_of(load), module))
			return g_strdup_printf("%s/%s.ko", dir, module);
	}
	return NULL;
}

struct kernel *kernel_open(const char *dir, GError **error)
{
	g_autoptr(kernel) k = g_new0(struct kernel, 1);
	g_autofree char *manifest = g_build_filename(dir, "manifest.json", NULL);
	g_autoptr(GError) reason = NULL;

	k->dir = g_strdup(dir);
	k->manifest = json_file_read(manifest, &reason);
	if (!k->manifest) {
		set_missing_error(dir, reason->message, error);
		return NULL;
	}
	k->image = image_path(dir, k->manifest);
	if (!k->image) {
		set_missing_error(dir, "its manifest names no architecture that is known", error);
		return NULL;
	}
	if (was_built_here(k->manifest))
		k->module = g_build_filename(dir, "test_vmalloc.ko", NULL);
	k->load_module = own_module_path(dir, k->manifest, LOAD_MODULE);
	k->soak_module = own_module_path(dir, k->manifest, SOAK_MODULE);
	k->modules = module_paths(dir, k->manifest);
	return check_present(k, error) && check_whole(k, error) ? g_steal_pointer(&k) : NULL;
}

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	json_decref(k->manifest);
	g_strfreev(k->modules);
	g_free(k->soak_module);
	g_free(k->load_module);
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

/* What the manifest says of the load @name, or NULL. */
static const json_t *find_load(const struct kernel *k, const char *name)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(k->manifest, "loads"), i, entry) {
		if (!g_strcmp0(json_text(entry, "name"), name))
			return entry;
	}
	return NULL;
}

const char *kernel_load_module(const struct kernel *k, const char *name)
{
	const json_t *load = find_load(k, name);

	return load ? module_of(load) : NULL;
}

bool kernel_load_takes(const struct kernel *k, const char *name, const char *parameter)
{
	const json_t *takes = json_object_get(find_load(k, name), "takes");
	const json_t *entry;
	size_t i;

	json_array_foreach(takes, i, entry) {
		if (!g_strcmp0(json_string_value(entry), parameter))
			return true;
	}
	return false;
}

static void add_names(GStrvBuilder *names, const json_t *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry) {
		if (json_text(entry, "name"))
			g_strv_builder_add(names, json_text(entry, "name"));
	}
}

char **kernel_test_names(const struct kernel *k)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();

	add_names(names, json_object_get(k->manifest, "tests"));
	add_names(names, json_object_get(k->manifest, "loads"));
	return g_strv_builder_end(names);
}
