// SPDX-License-Identifier: GPL-2.0-only
#include "manifest.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/exec.h"
#include "base/path.h"
#include "kernels/elf.h"
#include "kernels/layout.h"
#include "kernels/load-module.h"

json_t *manifest_tests(GPtrArray *modinfo)
{
	g_autoptr(GRegex) regex = g_regex_new("id:\\s*([0-9]+),\\s*name:\\s*(\\w+)", 0, 0, NULL);
	json_t *tests = json_array();

	for (guint i = 0; i < modinfo->len; i++) {
		g_autoptr(GMatchInfo) match = NULL;

		if (!g_str_has_prefix(modinfo->pdata[i], "parm=run_test_mask:") ||
		    !g_utf8_validate(modinfo->pdata[i], -1, NULL))
			continue;
		g_regex_match(regex, modinfo->pdata[i], 0, &match);
		for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
			g_autofree char *mask = g_match_info_fetch(match, 1);
			g_autofree char *name = g_match_info_fetch(match, 2);

			json_array_append_new(tests, json_pack("{s:s, s:I}", "name", name, "mask",
							       (json_int_t)g_ascii_strtoull(mask, NULL, 10)));
		}
	}
	return tests;
}

json_t *manifest_parameters(GPtrArray *modinfo)
{
	static const char prefix[] = "parmtype=";
	json_t *names = json_array();

	for (guint i = 0; i < modinfo->len; i++) {
		const char *text = modinfo->pdata[i];

		if (g_str_has_prefix(text, prefix))
			json_array_append_new(names, json_stringn(text + strlen(prefix),
								  strcspn(text + strlen(prefix), ":")));
	}
	return names;
}

static json_t *describe_series(const struct recipe *r)
{
	json_t *series_json = json_array();

	for (guint i = 0; i < r->patch_digests->len; i++) {
		g_autofree char *name = g_path_get_basename(r->spec->series[i]);

		json_array_append_new(series_json, json_pack("{s:s, s:s}", "file", name, "sha256",
							     (char *)r->patch_digests->pdata[i]));
	}
	return series_json;
}

static json_t *describe_config(const struct recipe *r, const char *dot_config)
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, dot_config, -1);
	json_t *fragments = json_array();

	for (guint i = 0; i < r->config->files->len; i++) {
		const char *file = r->config->files->pdata[i];
		g_autofree char *name = g_path_get_basename(file);
		g_autofree char *sha256 = path_sha256(file, NULL);

		json_array_append_new(fragments, json_pack("{s:s, s:s*}", "file", name, "sha256", sha256));
	}
	return json_pack("{s:s, s:o}", "sha256", digest, "fragments", fragments);
}

static json_t *describe_source(const struct recipe *r)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "name", r->spec->source, "kind", r->from->kind,
			 "version", r->from->version, "release", r->from->release, "digest", r->from->digest,
			 "from_cache", r->from->from_cache);
}

json_t *manifest_struct(const char *vmlinux, const char *name)
{
	g_autofree char *opening = g_strdup_printf("struct %s {", name);
	g_autofree char *text = NULL;
	g_autoptr(GError) reason = NULL;
	const char *found, *size;
	int bytes = 0;

	if (!exec_words(NULL, &text, &reason, "pahole", "-F", "btf", "-C", name, vmlinux, NULL))
		return json_pack("{s:s}", "error", reason->message);
	/* A pahole that is older than the compiler grumbles about types it does not know first. */
	found = strstr(text, opening);
	if (!found)
		return json_null();
	size = strstr(found, "/* size: ");
	if (!size || sscanf(size, "/* size: %d", &bytes) != 1)
		return json_pack("{s:s}", "error", "pahole does not say how large it is");
	return json_pack("{s:i, s:s}", "bytes", bytes, "pahole", found);
}

static json_t *describe_image(const struct recipe *r, const struct slot *s, GError **error)
{
	g_autofree char *path = g_build_filename(s->obj, r->target->image, NULL);
	g_autofree char *digest = path_sha256(path, error);
	struct stat info = { 0 };

	if (!digest)
		return NULL;
	stat(path, &info);
	return json_pack("{s:s, s:I}", "sha256", digest, "bytes", (json_int_t)info.st_size);
}

static void add_line(json_t *lines, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add_line(json_t *lines, const char *format, ...)
{
	g_autofree char *line = NULL;
	va_list args;

	va_start(args, format);
	line = g_strdup_vprintf(format, args);
	va_end(args);
	json_array_append_new(lines, json_string(line));
}

/* The variables as shell words, with the reader's current folder in place of our slot. */
static char *quote_variables(const struct recipe *r)
{
	g_autoptr(GPtrArray) variables = target_make_variables(r->target, "$PWD", r->spec->layout);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < variables->len; i++)
		g_string_append_printf(text, strchr(variables->pdata[i], ' ') ? " \"%s\"" : " %s",
				       (char *)variables->pdata[i]);
	return g_string_free(text, FALSE);
}

/*
 * Shell lines that make the same image again without this program, in an empty folder with config and patches.
 * Below some git repository, git apply would do nothing at all and not say so.
 */
static json_t *describe_reproduction(const struct recipe *r, const char *image_sha256)
{
	const json_t *get = json_object_get(r->from->json, "get");
	g_autofree char *variables = quote_variables(r);
	json_t *lines = json_array();
	const json_t *line;
	size_t i;

	json_array_foreach(get, i, line)
		json_array_append(lines, (json_t *)line);
	for (i = 0; i < r->patch_digests->len; i++) {
		g_autofree char *name = g_path_get_basename(r->spec->series[i]);
		g_autofree char *relative = g_build_filename("..", name, NULL);
		g_autofree char *word = g_shell_quote(relative);

		add_line(lines, "(cd src && GIT_CEILING_DIRECTORIES=\"$OLDPWD\" git apply %s)", word);
	}
	if (r->spec->layout) {
		g_autofree char *text = layout_text(r->spec->layout);
		g_autofree char *word = g_shell_quote(text);

		add_line(lines, "printf %%s %s >> src/" LAYOUT_FILE, word);
	}
	add_line(lines, "mkdir obj && cp config obj/.config");
	add_line(lines, "make -C src O=\"$PWD/obj\"%s olddefconfig", variables);
	add_line(lines, "make -C src O=\"$PWD/obj\"%s -j\"$(nproc)\" %s modules", variables,
		 r->target->make_goal);
	add_line(lines, "echo '%s  obj/%s' | sha256sum -c", image_sha256, r->target->image);
	return lines;
}

/* What our own modules say that they can run. */
static bool add_loads(json_t *m, const struct recipe *r, const struct slot *s, GError **error)
{
	json_t *loads = json_array();

	json_object_set_new(m, "load_module", json_pack("{s:s}", "sha256", r->module->digest));
	json_object_set_new(m, "loads", loads);
	for (const char *const *name = load_module_names; *name; name++) {
		g_autofree char *path = g_strdup_printf("%s/%s.ko", s->module, *name);
		g_autoptr(GPtrArray) modinfo = elf_modinfo(path, error);

		if (!modinfo)
			return false;
		load_module_add_loads(loads, *name, modinfo);
	}
	return true;
}

static char *read_release(const struct slot *s, GError **error)
{
	g_autofree char *path = g_build_filename(s->obj, "include/config/kernel.release", NULL);
	char *text = NULL;

	return g_file_get_contents(path, &text, NULL, error) ? g_strstrip(text) : NULL;
}

/* Adds what is read from the files that the build made. */
static bool add_files(json_t *m, const struct recipe *r, const struct slot *s, GError **error)
{
	g_autofree char *vmlinux = g_build_filename(s->obj, "vmlinux", NULL);
	g_autofree char *object = g_build_filename(s->obj, "mm/vmalloc.o", NULL);
	g_autofree char *module = g_build_filename(s->obj, "lib/test_vmalloc.ko", NULL);
	g_autofree char *build_id = elf_build_id(vmlinux, error);
	g_autofree char *release = build_id ? read_release(s, error) : NULL;
	json_t *sections = release ? elf_section_sizes(vmlinux, error) : NULL;
	json_t *size = sections ? elf_object_size(object, error) : NULL;
	json_t *image = size ? describe_image(r, s, error) : NULL;
	g_autoptr(GPtrArray) modinfo = image ? elf_modinfo(module, error) : NULL;

	json_object_set_new(m, "release", json_string(release));
	json_object_set_new(m, "build_id", json_string(build_id));
	json_object_set_new(m, "image", image);
	json_object_set_new(m, "sections", sections);
	json_object_set_new(m, "vmalloc_object", size);
	if (!modinfo)
		return false;
	json_object_set_new(m, "vmap_area", manifest_struct(vmlinux, "vmap_area"));
	json_object_set_new(m, "vmap_node", manifest_struct(vmlinux, "vmap_node"));
	json_object_set_new(m, "tests", manifest_tests(modinfo));
	json_object_set_new(m, "test_parameters", manifest_parameters(modinfo));
	if (!add_loads(m, r, s, error))
		return false;
	json_object_set_new(m, "reproduce",
			    describe_reproduction(r, json_string_value(json_object_get(image, "sha256"))));
	return true;
}

json_t *manifest_new(const struct recipe *r, const struct slot *s, const struct build_facts *facts,
		     GError **error)
{
	json_t *m = json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:I, s:{s:s, s:s, s:s}, s:{s:f, s:b}}", "v", 1,
			      "key", facts->key, "arch", r->target->arch, "source", describe_source(r),
			      "series", describe_series(r), "config", describe_config(r, facts->dot_config),
			      "layout", (json_int_t)r->spec->layout, "tools", "compiler", r->tools->compiler,
			      "linker", r->tools->linker, "pahole", r->tools->pahole, "build", "seconds",
			      facts->seconds, "object_tree_reused", facts->reused);

	if (add_files(m, r, s, error))
		return m;
	json_decref(m);
	return NULL;
}
