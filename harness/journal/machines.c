// SPDX-License-Identifier: GPL-2.0-only
#include "machines.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "journal.h"
#include "plan/plan-check.h"

static char *manifest_path(const char *dir)
{
	return g_build_filename(dir, "manifest.json", NULL);
}

bool machines_is(const char *dir)
{
	g_autojson manifest = journal_manifest(dir, NULL);

	return manifest && !g_strcmp0(json_text(manifest, "kind"), MACHINES_KIND);
}

static struct machines *machines_new(const char *dir, json_t *manifest)
{
	struct machines *m = g_new0(struct machines, 1);

	m->dir = g_strdup(dir);
	m->manifest = json_incref(manifest);
	m->names = g_ptr_array_new_with_free_func(g_free);
	return m;
}

/* A name becomes part of a path. */
static bool take_names(struct machines *m, GError **error)
{
	const json_t *list = json_object_get(m->manifest, "machines"), *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry) {
		const char *name = json_string_value(entry);

		if (!name || !plan_name_is_plain(name))
			break;
		g_ptr_array_add(m->names, g_strdup(name));
	}
	if (m->names->len > 0 && m->names->len == json_array_size(list))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s/manifest.json: \"machines\" is no list of the names of machines", m->dir);
	return false;
}

struct machines *machines_read(const char *dir, GError **error)
{
	g_autojson manifest = journal_manifest(dir, error);
	g_autoptr(machines) m = manifest ? machines_new(dir, manifest) : NULL;

	return m && take_names(m, error) ? g_steal_pointer(&m) : NULL;
}

static json_t *list_names(const GPtrArray *plans)
{
	json_t *names = json_array();

	for (guint i = 0; i < plans->len; i++)
		json_array_append_new(names, json_string(((const struct plan *)plans->pdata[i])->machine.name));
	return names;
}

/* The plan's path is absolute here: a run may be gone on with from anywhere. */
static json_t *describe(const GPtrArray *plans, const json_t *command)
{
	const struct plan *p = plans->pdata[0];
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *created = g_date_time_format_iso8601(now);
	g_autofree char *absolute = g_canonicalize_filename(p->path, NULL);
	g_autofree char *path = g_filename_display_name(absolute);

	return json_pack("{s:i, s:s, s:s, s:O, s:{s:s, s:s}, s:s*, s:o}", "v", JOURNAL_VERSION, "kind",
			 MACHINES_KIND, "created", created, "command", command, "plan", "path", path, "text",
			 p->text, "arch", json_text(p->target, "arch"), "machines", list_names(plans));
}

struct machines *machines_create(const char *dir, const GPtrArray *plans, const json_t *command, GError **error)
{
	g_autojson manifest = describe(plans, command);
	g_autofree char *path = manifest_path(dir);

	if (!manifest) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: the run cannot be described in JSON: some text in the plan is not UTF-8",
			    ((const struct plan *)plans->pdata[0])->path);
		return NULL;
	}
	if (g_file_test(dir, G_FILE_TEST_EXISTS)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s exists already; give another --out, or go on with it by `vmapbench sweep "
			    "--resume` (a soak: `soak --resume`)",
			    dir);
		return NULL;
	}
	if (!path_make_dirs(dir, error) || !json_file_write(path, manifest, error))
		return NULL;
	return machines_read(dir, error);
}

char *machines_run(const struct machines *m, const char *name)
{
	return g_build_filename(m->dir, name, NULL);
}

bool machines_has_run(const struct machines *m, const char *name)
{
	g_autofree char *dir = machines_run(m, name);
	g_autofree char *path = manifest_path(dir);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

bool machines_clear_begun(const struct machines *m, const char *name, GError **error)
{
	g_autofree char *dir = machines_run(m, name);
	g_autofree char *records = g_build_filename(dir, "journal.jsonl", NULL);
	GStatBuf found;

	if (machines_has_run(m, name) || !g_file_test(dir, G_FILE_TEST_EXISTS))
		return true;
	if (g_stat(records, &found) < 0 || found.st_size == 0)
		return path_remove_tree(dir, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s has a journal and no manifest.json, so that it cannot be gone on with; put that back, "
		    "or take the folder away, and it is begun again",
		    dir);
	return false;
}

struct plan *machines_plan(const struct machines *m, const char *name, GError **error)
{
	const json_t *frozen = json_object_get(m->manifest, "plan");
	const char *path = json_text(frozen, "path"), *text = json_text(frozen, "text");
	const struct plan_target target = { .machine = name, .arch = json_text(m->manifest, "arch") };

	if (path && text)
		return plan_load_text(text, path, &target, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s/manifest.json: \"plan\" with its \"text\" and \"path\" is missing", m->dir);
	return NULL;
}

/* Of the fragments of a kernel's configuration those that are not its architecture's. New reference. */
static json_t *own_fragments(const json_t *kernel)
{
	const json_t *all = json_object_get(json_object_get(kernel, "config"), "fragments"), *fragment;
	const char *arch = json_text(kernel, "arch");
	g_autofree char *common = g_strconcat(arch ? arch : "", ".config", NULL);
	json_t *own = json_array();
	size_t i;

	json_array_foreach((json_t *)all, i, fragment) {
		if (g_strcmp0(json_text(fragment, "file"), common))
			json_array_append(own, (json_t *)fragment);
	}
	return own;
}

/*
 * What a kernel was made of, but for what belongs to its architecture, as the package does of a kernel that
 * others have built. New reference.
 */
static json_t *ingredients(const json_t *kernel)
{
	json_t *source = json_object_get(kernel, "source");
	bool built = g_strcmp0(json_text(source, "kind"), "image");

	return json_pack("{s:O?, s:O?, s:o}", "source", built ? json_object_get(source, "digest") : NULL,
			 "series", json_object_get(kernel, "series"), "fragments", own_fragments(kernel));
}

/* Of the kernels of the run in @dir: its name to its ingredients. New reference; empty when there is no run. */
static json_t *kernels_of(const char *dir)
{
	g_autojson manifest = journal_manifest(dir, NULL);
	const json_t *arms = json_object_get(manifest, "arms"), *arm;
	json_t *kernels = json_object();
	size_t i;

	json_array_foreach((json_t *)arms, i, arm) {
		const char *name = json_text(arm, "name");
		const json_t *kernel = json_object_get(arm, "kernel");

		if (name && kernel)
			json_object_set_new(kernels, name, ingredients(kernel));
	}
	return kernels;
}

/* The first arm of which both have a kernel, made of different things; NULL: none. Borrowed from @a. */
static const char *find_different(json_t *a, const json_t *b)
{
	const char *arm;
	json_t *made_of;

	json_object_foreach(a, arm, made_of) {
		const json_t *other = json_object_get(b, arm);

		if (other && !json_equal(made_of, other))
			return arm;
	}
	return NULL;
}

bool machines_check_kernels(const struct machines *m, const char *name, GError **error)
{
	g_autofree char *dir = machines_run(m, name);
	g_autojson own = kernels_of(dir);

	for (guint i = 0; i < m->names->len; i++) {
		g_autofree char *other_dir = machines_run(m, m->names->pdata[i]);
		g_autojson others = kernels_of(other_dir);
		const char *arm = find_different(own, others);

		if (!arm)
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "arm %s: its patches, source or configuration are not those that the run of "
			    "machine %s was begun with; begin a new run",
			    arm, (char *)m->names->pdata[i]);
		return false;
	}
	return true;
}

bool machines_remove_empty(const struct machines *m)
{
	g_autofree char *path = manifest_path(m->dir);

	for (guint i = 0; i < m->names->len; i++) {
		g_autofree char *run = machines_run(m, m->names->pdata[i]);

		if (g_file_test(run, G_FILE_TEST_EXISTS))
			return false;
	}
	g_unlink(path);
	g_rmdir(m->dir);
	return true;
}

void machines_free(struct machines *m)
{
	if (!m)
		return;
	g_free(m->dir);
	json_decref(m->manifest);
	g_ptr_array_unref(m->names);
	g_free(m);
}
