// SPDX-License-Identifier: GPL-2.0-only
#include "cache.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "kernels/layout.h"

static void add(GChecksum *sum, const char *text)
{
	/* The terminating zero keeps two neighbours apart. */
	g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

/* The part that key and inputs have in common. The folder of a slot does not show in a kernel: any will do. */
static GChecksum *start_digest(const struct recipe *r)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *layout = g_strdup_printf("layout %u", r->spec->layout);
	g_autoptr(GPtrArray) variables = target_make_variables(r->target, "", r->spec->layout);

	add(sum, r->from->digest);
	for (guint i = 0; i < r->patch_digests->len; i++)
		add(sum, r->patch_digests->pdata[i]);
	add(sum, r->module->digest);
	add(sum, layout);
	add(sum, r->target->arch);
	add(sum, r->tools->compiler);
	add(sum, r->tools->linker);
	add(sum, r->tools->pahole);
	for (guint i = 0; i < variables->len; i++)
		add(sum, variables->pdata[i]);
	if (r->spec->layout) {
		g_autofree char *text = layout_text(r->spec->layout);

		add(sum, LAYOUT_FILE);
		add(sum, text);
	}
	return sum;
}

static char *finish_digest(GChecksum *sum, const char *last)
{
	char *digest;

	add(sum, last);
	digest = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	return digest;
}

static bool read_patches(struct recipe *r, GError **error)
{
	r->patch_digests = g_ptr_array_new_with_free_func(g_free);
	for (unsigned int i = 0; i < r->spec->series_count; i++) {
		g_autoptr(GError) reason = NULL;
		char *digest = path_sha256(r->spec->series[i], &reason);

		if (!digest) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "patch %s: %s", r->spec->series[i],
				    reason->message);
			return false;
		}
		g_ptr_array_add(r->patch_digests, digest);
	}
	return true;
}

/* What is cheap to find wrong comes first: a source may take minutes to fetch. */
struct recipe *recipe_new(const struct kernel_spec *spec, GError **error)
{
	g_autoptr(recipe) r = g_new0(struct recipe, 1);

	r->spec = spec;
	r->target = target_find(spec->arch, error);
	if (!r->target || !read_patches(r, error))
		return NULL;
	r->config = config_load(r->target, spec->config, error);
	r->module = r->config ? load_module_open(error) : NULL;
	r->tools = r->module ? tools_ask(r->target, error) : NULL;
	r->from = r->tools ? source_open(spec->source, error) : NULL;
	if (!r->from)
		return NULL;
	r->inputs = finish_digest(start_digest(r), r->config->digest);
	return g_steal_pointer(&r);
}

void recipe_free(struct recipe *r)
{
	if (!r)
		return;
	g_clear_pointer(&r->patch_digests, g_ptr_array_unref);
	config_request_free(r->config);
	load_module_free(r->module);
	tools_free(r->tools);
	source_free(r->from);
	g_free(r->inputs);
	g_free(r);
}

char *cache_key(const struct recipe *r, const char *dot_config)
{
	return finish_digest(start_digest(r), dot_config);
}

char *cache_dir(const char *key)
{
	g_autofree char *relative = g_build_filename("kernels", key, NULL);

	return path_cache(relative);
}

static char *link_path(const char *inputs)
{
	g_autofree char *relative = g_build_filename("inputs", inputs, NULL);

	return path_cache(relative);
}

struct kernel *cache_find(const char *inputs)
{
	g_autofree char *path = link_path(inputs);
	g_autofree char *key = NULL;
	g_autofree char *dir = NULL;

	if (!g_file_get_contents(path, &key, NULL, NULL))
		return NULL;
	dir = cache_dir(g_strstrip(key));
	return kernel_open(dir, NULL);
}

bool cache_link(const char *inputs, const char *key, GError **error)
{
	g_autofree char *path = link_path(inputs);
	g_autofree char *parent = g_path_get_dirname(path);

	return path_make_dirs(parent, error) && g_file_set_contents(path, key, -1, error);
}
