// SPDX-License-Identifier: GPL-2.0-only
#include "slot.h"

#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/json.h"
#include "base/path.h"
#include "base/progress.h"
#include "kernels/files.h"

/* Coarse clocks and file systems with whole seconds. */
#define CLOCK_SLACK_S 2

static bool write_state(const struct slot *s, GError **error)
{
	g_autofree char *path = g_build_filename(s->dir, "state.json", NULL);

	return json_file_write(path, s->state, error);
}

static json_t *read_state(const struct slot *s)
{
	g_autofree char *path = g_build_filename(s->dir, "state.json", NULL);
	json_t *state = json_file_read(path, NULL);

	if (json_is_object(state))
		return state;
	json_decref(state);
	return json_object();
}

/* A make that was killed leaves objects that are newer than their sources and yet half written. */
static bool repair_objects(struct slot *s, GError **error)
{
	gint64 since_s = json_count(s->state, "making_since", -1);
	files_autolock lock = files_lock(s->make_lock, "a make that a killed run left behind", error);

	if (lock < 0)
		return false;
	if (since_s < 0)
		return true;
	if (!files_remove_since(s->obj, since_s - CLOCK_SLACK_S, error))
		return false;
	json_object_del(s->state, "making_since");
	return write_state(s, error);
}

static bool lock_and_read(struct slot *s, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(s->dir, "lock", NULL);
	g_autofree char *what = g_strdup_printf("another build in slot %s", name);

	s->lock = files_lock(path, what, error);
	if (s->lock < 0 || !path_make_dirs(s->src, error) || !path_make_dirs(s->obj, error))
		return false;
	s->state = read_state(s);
	if (!repair_objects(s, error))
		return false;
	s->built = json_is_true(json_object_get(s->state, "built"));
	return true;
}

/* make splits words at spaces and rules at colons; the kernel's Makefile refuses both. */
static bool check_path(const char *dir, GError **error)
{
	if (!dir[strcspn(dir, " :\t")])
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "%s: a kernel cannot be built in a folder with a space or colon in its path; set "
		    "XDG_CACHE_HOME to another", dir);
	return false;
}

struct slot *slot_open(const char *name, GError **error)
{
	g_autofree char *relative = g_build_filename("slots", name, NULL);
	g_autoptr(slot) s = g_new0(struct slot, 1);

	s->dir = path_cache(relative);
	s->src = g_build_filename(s->dir, "src", NULL);
	s->obj = g_build_filename(s->dir, "obj", NULL);
	s->module = g_build_filename(s->dir, "module", NULL);
	s->make_lock = g_build_filename(s->dir, "make.lock", NULL);
	s->lock = -1;
	return check_path(s->dir, error) && lock_and_read(s, name, error) ? g_steal_pointer(&s) : NULL;
}

void slot_free(struct slot *s)
{
	if (!s)
		return;
	files_unlock(&s->lock);
	json_decref(s->state);
	g_free(s->make_lock);
	g_free(s->module);
	g_free(s->obj);
	g_free(s->src);
	g_free(s->dir);
	g_free(s);
}

/* Copies what differs in content. Without -t a copied file gets the time of the copy, and make sees it. */
static bool copy_source(struct slot *s, const struct source *from, GError **error)
{
	g_autofree char *tree = g_strconcat(from->tree, "/", NULL);
	g_autofree char *to = g_strconcat(s->src, "/", NULL);
	g_autofree char *what = g_strdup_printf("work copy of %s", from->release);
	g_autoptr(progress) p = NULL;

	json_object_del(s->state, "source");
	if (!write_state(s, error))
		return false;
	p = progress_new(what, 0);
	if (!exec_words(NULL, NULL, error, "rsync", "-rlpc", "--delete", tree, to, NULL) ||
	    !files_sync(s->src, error))
		return false;
	progress_finish(g_steal_pointer(&p), NULL);
	json_object_set_new(s->state, "source", json_string(from->digest));
	json_object_set_new(s->state, "changed", json_array());
	return write_state(s, error);
}

static json_t *paths_to_json(GPtrArray *paths)
{
	json_t *json = json_array();

	for (guint i = 0; i < paths->len; i++)
		json_array_append_new(json, json_string(paths->pdata[i]));
	return json;
}

/* Files that the series before changed and those that this one does. */
static GPtrArray *union_of_changed(const struct slot *s, const struct series *applied)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
	const json_t *value;
	size_t i;

	for (guint k = 0; k < applied->touched->len; k++)
		g_ptr_array_add(all, g_strdup(applied->touched->pdata[k]));
	json_array_foreach(json_object_get(s->state, "changed"), i, value) {
		const char *path = json_string_value(value);

		if (path && !g_ptr_array_find_with_equal_func(all, path, g_str_equal, NULL))
			g_ptr_array_add(all, g_strdup(path));
	}
	return all;
}

bool slot_fill(struct slot *s, const struct source *from, const struct series *applied, GError **error)
{
	g_autoptr(GPtrArray) changed = NULL;

	if (g_strcmp0(json_text(s->state, "source"), from->digest) && !copy_source(s, from, error))
		return false;
	changed = union_of_changed(s, applied);
	json_object_set_new(s->state, "changed", paths_to_json(changed));
	if (!write_state(s, error) || !series_copy_out(applied, from->tree, changed, s->src, error))
		return false;
	json_object_set_new(s->state, "changed", paths_to_json(applied->touched));
	return write_state(s, error);
}

bool slot_begin_make(struct slot *s, GError **error)
{
	json_object_set_new(s->state, "making_since", json_integer(time(NULL)));
	return write_state(s, error);
}

/* What goes on after a failed first build is less than a full one. */
static void remember_lines(struct slot *s, guint64 lines)
{
	gint64 full = json_count(s->state, "full_lines", 0);

	if (s->built)
		json_object_set_new(s->state, "rebuild_lines", json_integer((json_int_t)lines));
	else
		json_object_set_new(s->state, "full_lines", json_integer(MAX(full, (gint64)lines)));
}

bool slot_end_make(struct slot *s, guint64 lines, bool finished, GError **error)
{
	/* Objects go to the disk before the state says that they are whole. */
	if (!files_sync(s->obj, error))
		return false;
	json_object_del(s->state, "making_since");
	if (finished) {
		remember_lines(s, lines);
		json_object_set_new(s->state, "built", json_true());
	}
	return write_state(s, error);
}

guint64 slot_expected_lines(const struct slot *s, guint64 full_lines)
{
	if (s->built)
		return (guint64)json_count(s->state, "rebuild_lines", 0);
	return (guint64)json_count(s->state, "full_lines", (json_int_t)full_lines);
}
