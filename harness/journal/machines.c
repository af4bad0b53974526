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

	return json_pack("{s:i, s:s, s:s, s:O, s:{s:s, s:s}, s:s*, s:o}", "v", JOURNAL_VERSION, "kind", MACHINES_KIND,
			 "created", created, "command", command, "plan", "path", path, "text", p->text, "arch",
			 json_text(p->target, "arch"), "machines", list_names(plans));
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
			    "%s exists already; give another --out, or go on with it by --resume", dir);
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
