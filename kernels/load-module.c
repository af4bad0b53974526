// SPDX-License-Identifier: GPL-2.0-only
#include "load-module.h"

#include <string.h>

#include "base/path.h"
#include "kernels/files.h"

#define FOLDER "kernels/module"

/* The buckets of the BPF programs' histograms are those of the module's. */
#define BUCKETS "bpf/hist.h"

const char *const load_module_names[] = { LOAD_MODULE, SOAK_MODULE, NULL };

/* All that is not for make, or that it made of them: notes and plans may stand beside the sources. */
static bool is_no_source(const char *path, bool is_dir)
{
	return is_dir || g_str_has_suffix(path, ".mod.c") ||
	       (strcmp(path, "Kbuild") && !g_str_has_suffix(path, ".c") && !g_str_has_suffix(path, ".h"));
}

static GPtrArray *list_files(GError **error)
{
	g_autofree char *dir = path_data(FOLDER);
	g_autoptr(GPtrArray) names = files_list(dir, is_no_source, error);
	GPtrArray *files = names ? g_ptr_array_new_with_free_func(g_free) : NULL;

	for (guint i = 0; names && i < names->len; i++)
		g_ptr_array_add(files, g_build_filename(dir, names->pdata[i], NULL));
	if (files)
		g_ptr_array_add(files, path_data(BUCKETS));
	return files;
}

static bool add_file(GChecksum *sum, const char *file, GError **error)
{
	g_autofree char *name = g_path_get_basename(file);
	g_autofree char *text = NULL;

	if (!g_file_get_contents(file, &text, NULL, error)) {
		g_prefix_error(error, "a source of our own modules: ");
		return false;
	}
	g_checksum_update(sum, (const guchar *)name, (gssize)strlen(name) + 1);
	g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
	return true;
}

struct load_module *load_module_open(GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(load_module) m = g_new0(struct load_module, 1);

	m->files = list_files(error);
	for (guint i = 0; m->files && i < m->files->len; i++) {
		if (!add_file(sum, m->files->pdata[i], error))
			return NULL;
	}
	m->digest = g_strdup(g_checksum_get_string(sum));
	return m->files ? g_steal_pointer(&m) : NULL;
}

void load_module_free(struct load_module *m)
{
	if (!m)
		return;
	g_clear_pointer(&m->files, g_ptr_array_unref);
	g_free(m->digest);
	g_free(m);
}

bool load_module_copy(const struct load_module *m, const char *dir, GError **error)
{
	if (!path_remove_tree(dir, error))
		return false;
	for (guint i = 0; i < m->files->len; i++) {
		g_autofree char *name = g_path_get_basename(m->files->pdata[i]);
		g_autofree char *to = g_build_filename(dir, name, NULL);

		if (!files_copy(m->files->pdata[i], to, error))
			return false;
	}
	return true;
}

/* @text: "held_churn_load pages live". */
static json_t *read_load(const char *module, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	json_t *takes = json_array();

	for (char **word = words + 1; *words && *word; word++)
		json_array_append_new(takes, json_string(*word));
	return json_pack("{s:s, s:s, s:o}", "name", *words ? *words : "", "module", module, "takes", takes);
}

void load_module_add_loads(json_t *loads, const char *module, GPtrArray *modinfo)
{
	static const char tag[] = "load=";

	for (guint i = 0; i < modinfo->len; i++) {
		const char *text = modinfo->pdata[i];

		if (g_str_has_prefix(text, tag) && g_utf8_validate(text, -1, NULL))
			json_array_append_new(loads, read_load(module, text + strlen(tag)));
	}
}
