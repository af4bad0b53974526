// SPDX-License-Identifier: GPL-2.0-only
#include "kernel.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/json.h"
#include "base/path.h"
#include "base/progress.h"
#include "kernels/cache.h"
#include "kernels/files.h"
#include "kernels/image.h"
#include "kernels/layout.h"
#include "kernels/load-module.h"
#include "kernels/manifest.h"
#include "kernels/series.h"
#include "kernels/slot.h"

/* A work copy of 7.3 takes 1.8 GiB, its objects 1.1 GiB, and a finished kernel in the cache 0.2 GiB. */
#define FIRST_BUILD_BYTES (7ULL << 29)
#define REBUILD_BYTES (1ULL << 29)

#define MAX_ERROR_LINES 12

/* One run of make, seen from outside. */
struct build {
	const struct recipe *r;
	struct slot *slot;
	const struct series *applied;
	char *name;		/* "kernel rb", for the person who waits */
	char *log;
	char *module_log;
	struct progress *progress;
	guint64 lines;
	bool killed;		/* make was, and may have left half an object */
	GPtrArray *errors;	/* char *: the lines that say why it failed */
};

/*
 * What make gets of our environment. Anything else that make, the compiler or the kernel's Makefile would
 * listen to changes the kernel without showing in its key.
 */
static const char *const kept[] = { "PATH", "HOME", "TMPDIR" };

/* What compilers, linkers, modpost and make itself write when they give up. */
static const char *const error_marks[] = {
	": error: ", ": fatal error: ", "undefined reference to", "multiple definition of", "ERROR: modpost:",
	"FAILED: ", ": Error: ", "No space left on device", " *** [",
};

static void add_environment(GPtrArray *argv)
{
	g_ptr_array_add(argv, g_strdup("env"));
	g_ptr_array_add(argv, g_strdup("-i"));
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
		const char *value = g_getenv(kept[i]);

		if (value)
			g_ptr_array_add(argv, g_strconcat(kept[i], "=", value, NULL));
	}
	g_ptr_array_add(argv, g_strdup("LC_ALL=C"));
	g_ptr_array_add(argv, g_strdup("TZ=UTC"));
}

/* @variable: "NAME=value", one more for make's environment, or NULL. */
static GPtrArray *make_command(const struct build *b, const char *variable)
{
	g_autoptr(GPtrArray) variables = target_make_variables(b->r->target, b->slot->dir, b->r->spec->layout);
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	add_environment(argv);
	if (variable)
		g_ptr_array_add(argv, g_strdup(variable));
	/*
	 * make's children outlive a make that is killed: as long as one runs, nobody else may use the objects.
	 */
	g_ptr_array_add(argv, g_strdup("flock"));
	g_ptr_array_add(argv, g_strdup("--no-fork"));
	g_ptr_array_add(argv, g_strdup(b->slot->make_lock));
	g_ptr_array_add(argv, g_strdup("make"));
	g_ptr_array_add(argv, g_strdup("-C"));
	g_ptr_array_add(argv, g_strdup(b->slot->src));
	g_ptr_array_add(argv, g_strconcat("O=", b->slot->obj, NULL));
	for (guint i = 0; i < variables->len; i++)
		g_ptr_array_add(argv, g_strdup(variables->pdata[i]));
	return argv;
}

static void add_words(GPtrArray *argv, const char *const *words)
{
	for (; *words; words++)
		g_ptr_array_add(argv, g_strdup(*words));
	g_ptr_array_add(argv, NULL);
}

/* `make allnoconfig` with the fragments; the text of the .config that came of it. Caller frees. */
static char *configure(struct build *b, GError **error)
{
	static const char *const words[] = { "allnoconfig", NULL };
	g_autofree char *fragment = g_build_filename(b->slot->dir, "fragment.config", NULL);
	g_autofree char *dot_config = g_build_filename(b->slot->obj, ".config", NULL);
	g_autofree char *variable = g_strconcat("KCONFIG_ALLCONFIG=", fragment, NULL);
	const struct exec_opts opts = { .ret_signaled = &b->killed };
	g_autoptr(GPtrArray) argv = make_command(b, variable);
	g_autofree char *text = config_to_text(b->r->config);
	g_autofree char *result = NULL;

	add_words(argv, words);
	if (!g_file_set_contents(fragment, text, -1, error) ||
	    !exec_run((const char *const *)argv->pdata, &opts, NULL, error) ||
	    !g_file_get_contents(dot_config, &result, NULL, error) ||
	    !config_check(b->r->config, result, b->slot->src, b->r->target, error))
		return NULL;
	return g_steal_pointer(&result);
}

static bool is_error_line(const char *line)
{
	for (size_t i = 0; i < G_N_ELEMENTS(error_marks); i++) {
		if (strstr(line, error_marks[i]))
			return true;
	}
	return false;
}

/* @line without the folder @dir, whose name tells the reader nothing. Caller frees. */
static char *without_folder(const char *line, const char *dir)
{
	g_autofree char *prefix = g_strconcat(dir, "/", NULL);
	g_auto(GStrv) parts = g_strsplit(line, prefix, -1);

	return g_strjoinv("", parts);
}

static void on_make_line(const char *line, void *data)
{
	struct build *b = data;
	g_autofree char *valid = g_utf8_make_valid(line, -1);
	g_autofree char *half = without_folder(valid, b->slot->src);
	char *text = without_folder(half, b->slot->obj);

	progress_update(b->progress, ++b->lines, g_strstrip(text));
	if (b->errors->len < MAX_ERROR_LINES && is_error_line(text))
		g_ptr_array_add(b->errors, text);
	else
		g_free(text);
}

/* Signs among them that the machine gave up, or the person at it, and not the kernel's source. */
static const char *const machine_marks[] = {
	"No space left on device",
	"Killed signal terminated",
	"] Interrupt",
	"] Terminated",
	"] Hangup",
	"] Killed",
};

static bool is_machine_at_fault(const struct build *b)
{
	if (b->killed)
		return true;
	for (guint i = 0; i < b->errors->len; i++) {
		for (size_t k = 0; k < G_N_ELEMENTS(machine_marks); k++) {
			if (strstr(b->errors->pdata[i], machine_marks[k]))
				return true;
		}
	}
	return false;
}

/* @what does not compile. */
static void set_make_error(const struct build *b, const char *what, const char *log, const GError *reason,
			   GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	bool machine = is_machine_at_fault(b);

	for (guint i = 0; i < b->errors->len; i++)
		g_string_append_printf(text, "\n  | %s", (char *)b->errors->pdata[i]);
	g_set_error(error, BENCH_ERROR, machine ? BENCH_ERROR_INFRA : BENCH_ERROR_KERNEL,
		    "%s %s; the whole log is %s:%s", what,
		    machine ? "could not be built" : "does not compile", log,
		    text->len ? text->str : reason->message);
}

static bool run_make(struct build *b, GPtrArray *argv, const char *what, const char *log, guint64 lines,
		     GError **error)
{
	const struct exec_opts opts = { .log_path = log, .on_line = on_make_line, .data = b,
					.ret_signaled = &b->killed };
	g_autoptr(GError) reason = NULL;

	b->progress = progress_new(what, lines);
	if (exec_run((const char *const *)argv->pdata, &opts, NULL, &reason)) {
		progress_finish(b->progress, NULL);
		return true;
	}
	progress_free(b->progress);
	set_make_error(b, what, log, reason, error);
	return false;
}

static bool make_kernel(struct build *b, GError **error)
{
	g_autofree char *jobs = g_strdup_printf("-j%u", g_get_num_processors());
	const char *const words[] = { jobs, b->r->target->make_goal, "modules", NULL };
	g_autoptr(GPtrArray) argv = make_command(b, NULL);

	add_words(argv, words);
	return run_make(b, argv, b->name, b->log, slot_expected_lines(b->slot, b->r->target->full_lines),
			error);
}

/*
 * Our own modules, anew for each kernel: what they call may be another function in the next one. Without debug
 * information, which is ten times their size: a module's load takes of the kernel what its whole file needs.
 */
static bool make_modules(struct build *b, GError **error)
{
	g_autofree char *what = g_strdup_printf("kernels/module for %s", b->name);
	g_autofree char *folder = g_strconcat("M=", b->slot->module, NULL);
	g_autofree char *flags = g_strdup_printf("KCFLAGS=-ffile-prefix-map=%s/=", b->slot->dir);
	/* BTF is made of debug information. */
	const char *const words[] = { folder, flags, "LDFLAGS_MODULE=--strip-debug",
				      "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules", NULL };
	g_autoptr(GPtrArray) argv = make_command(b, NULL);

	add_words(argv, words);
	return load_module_copy(b->r->module, b->slot->module, error) &&
	       run_make(b, argv, what, b->module_log, 0, error) && path_remove_tree(b->module_log, error);
}

static bool collect_modules(const struct build *b, const char *dir, GError **error)
{
	for (const char *const *name = load_module_names; *name; name++) {
		g_autofree char *from = g_strdup_printf("%s/%s.ko", b->slot->module, *name);
		g_autofree char *to = g_strdup_printf("%s/%s.ko", dir, *name);

		if (!files_copy(from, to, error))
			return false;
	}
	return true;
}

/* Copies what is kept of a build into the new folder @dir. */
static bool collect_files(const struct build *b, const char *dir, GError **error)
{
	const struct {
		const char *from, *to;
	} files[] = {
		{ b->r->target->image, target_image_name(b->r->target) },
		{ "lib/test_vmalloc.ko", "test_vmalloc.ko" },
		{ "vmlinux", "vmlinux" },
		{ "System.map", "System.map" },
		{ ".config", "config" },
	};
	g_autofree char *log = g_build_filename(dir, "build.log", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *from = g_build_filename(b->slot->obj, files[i].from, NULL);
		g_autofree char *to = g_build_filename(dir, files[i].to, NULL);

		if (!files_copy(from, to, error))
			return false;
	}
	return collect_modules(b, dir, error) && files_copy(b->log, log, error) &&
	       path_remove_tree(b->log, error);
}

static bool publish_from(const struct build *b, const char *temp, const struct build_facts *facts,
			 GError **error)
{
	g_autofree char *manifest_path = g_build_filename(temp, "manifest.json", NULL);
	g_autofree char *dir = cache_dir(facts->key);
	g_autojson manifest = manifest_new(b->r, b->slot, facts, error);

	return manifest && collect_files(b, temp, error) && json_file_write(manifest_path, manifest, error) &&
	       files_publish(temp, dir, error);
}

static bool publish(const struct build *b, const struct build_facts *facts, GError **error)
{
	g_autofree char *kernels = path_cache("kernels");
	g_autofree char *temp = NULL;
	bool ok;

	files_sweep(kernels);
	temp = files_make_temp(kernels, error);
	ok = temp && publish_from(b, temp, facts, error);
	if (temp)
		path_remove_tree(temp, NULL);
	return ok;
}

/* Not after a make that was killed: the slot's next user has to know that objects may be half written. */
static bool end_make(const struct build *b, bool finished, GError **error)
{
	return b->killed || slot_end_make(b->slot, b->lines, finished, error);
}

/* The objects are brought up to date and the result is moved into the cache. */
static bool compile(struct build *b, const char *key, const char *dot_config, GError **error)
{
	struct build_facts facts = { .key = key, .dot_config = dot_config, .reused = b->slot->built };
	gint64 start_us = g_get_monotonic_time();
	bool ok = make_kernel(b, error);

	facts.seconds = (double)(g_get_monotonic_time() - start_us) / G_USEC_PER_SEC;
	return end_make(b, ok, ok ? error : NULL) && ok && make_modules(b, error) && publish(b, &facts, error);
}

/*
 * The work copy is ready: configures it, and compiles unless the very same kernel is there under other inputs.
 */
static struct kernel *configure_and_compile(struct build *b, GError **error)
{
	g_autofree char *dot_config = NULL;
	g_autofree char *key = NULL;
	g_autofree char *dir = NULL;
	struct kernel *k;

	if (!slot_begin_make(b->slot, error))
		return NULL;
	dot_config = configure(b, error);
	key = dot_config ? cache_key(b->r, dot_config) : NULL;
	dir = key ? cache_dir(key) : NULL;
	k = dir ? kernel_open(dir, NULL) : NULL;
	if (!dot_config || k) {
		end_make(b, false, NULL);
		if (k)
			k->from_cache = true;
		return k && cache_link(b->r->inputs, key, error) ? k : NULL;
	}
	/* A damaged folder would be in the way of the new one. */
	if (!path_remove_tree(dir, error) || !compile(b, key, dot_config, error) ||
	    !cache_link(b->r->inputs, key, error))
		return NULL;
	return kernel_open(dir, error);
}

/* Before the slot is waited for: what does not apply is told at once. */
static struct series *apply_patches(const struct recipe *r, GError **error)
{
	const struct kernel_spec *spec = r->spec;
	g_autofree char *stages = path_cache("stages");
	g_autoptr(series) applied = NULL;

	files_sweep(stages);
	applied = series_apply(r->from->tree, spec->series, spec->series_count, stages, error);
	if (!applied || !layout_apply(applied, r->from->tree, spec->layout, error))
		return NULL;
	return g_steal_pointer(&applied);
}

/* Kernels that may share objects: the same version, fragments and tools. */
static char *slot_name(const struct recipe *r)
{
	g_autoptr(GPtrArray) variables = target_make_variables(r->target, "", 0);
	g_autoptr(GString) text = g_string_new(r->config->digest);
	g_autofree char *digest = NULL;

	g_string_append_printf(text, "\n%s\n%s\n%s", r->tools->compiler, r->tools->linker, r->tools->pahole);
	for (guint i = 0; i < variables->len; i++)
		g_string_append_printf(text, "\n%s", (char *)variables->pdata[i]);
	digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
	return g_strdup_printf("%s-%s-%.16s", r->target->arch, r->from->base, digest);
}

static struct kernel *build_in_slot(struct build *b, GError **error)
{
	/* Another process may have built it while this one waited for the slot. */
	struct kernel *k = cache_find(b->r->inputs);

	if (k) {
		k->from_cache = true;
		return k;
	}
	if (!files_check_space(b->slot->dir, b->slot->built ? REBUILD_BYTES : FIRST_BUILD_BYTES,
			       "building a kernel", error) ||
	    !slot_fill(b->slot, b->r->from, b->applied, error))
		return NULL;
	return configure_and_compile(b, error);
}

static struct kernel *build(const struct recipe *r, GError **error)
{
	g_autofree char *name = slot_name(r);
	g_autofree char *logs = path_cache("logs");
	g_autoptr(series) applied = apply_patches(r, error);
	struct build b = { .r = r, .applied = applied, .slot = applied ? slot_open(name, error) : NULL };
	struct kernel *k = NULL;

	b.name = g_strdup_printf("kernel %s", r->spec->name ? r->spec->name : r->from->release);
	b.log = g_strdup_printf("%s/%.16s.log", logs, r->inputs);
	b.module_log = g_strdup_printf("%s/%.16s-module.log", logs, r->inputs);
	b.errors = g_ptr_array_new_with_free_func(g_free);
	if (b.slot && path_make_dirs(logs, error))
		k = build_in_slot(&b, error);
	g_ptr_array_unref(b.errors);
	g_free(b.module_log);
	g_free(b.log);
	g_free(b.name);
	slot_free(b.slot);
	return k;
}

static struct kernel *build_from_source(const struct kernel_spec *spec, GError **error)
{
	g_autoptr(recipe) r = recipe_new(spec, error);
	struct kernel *k = r ? cache_find(r->inputs) : NULL;

	if (!k)
		return r ? build(r, error) : NULL;
	k->from_cache = true;
	return k;
}

struct kernel *kernel_build(const struct kernel_spec *spec, GError **error)
{
	g_autoptr(source_name) name = source_name_parse(spec->source, error);

	if (!name)
		return NULL;
	return name->kind == SOURCE_IMAGE ? image_get(spec, name, error) : build_from_source(spec, error);
}
