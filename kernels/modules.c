// SPDX-License-Identifier: GPL-2.0-only
#include "modules.h"

#include <string.h>

#include "base/error.h"

#define SUFFIX ".ko"

/* Names become parts of file names: nothing but what the kernel gives a module may pass. */
static bool is_name(const char *text)
{
	return *text && strlen(text) < 64 &&
	       !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")];
}

/* "kernel/drivers/misc/pvpanic/pvpanic-pci.ko" -> "pvpanic_pci"; NULL for what is no path of a module. */
static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	g_autofree char *name = NULL;

	if (!g_str_has_suffix(base, SUFFIX) || *path == '/' || strstr(path, ".."))
		return NULL;
	name = g_strndup(base, strlen(base) - strlen(SUFFIX));
	g_strdelimit(name, "-", '_');
	return is_name(name) ? g_steal_pointer(&name) : NULL;
}

/* Name -> path of each line of @text. */
static GHashTable *parse_list(const char *text)
{
	GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		char *name = name_of(g_strstrip(*line));

		if (name)
			g_hash_table_replace(table, name, g_strdup(*line));
	}
	return table;
}

struct modules *modules_parse(const char *order, const char *builtin)
{
	struct modules *m = g_new0(struct modules, 1);

	m->files = parse_list(order);
	m->builtin = parse_list(builtin);
	return m;
}

void modules_free(struct modules *m)
{
	if (!m)
		return;
	g_hash_table_unref(m->files);
	g_hash_table_unref(m->builtin);
	g_free(m);
}

enum modules_place modules_where(const struct modules *m, const char *name)
{
	if (g_hash_table_contains(m->builtin, name))
		return MODULES_BUILTIN;
	return g_hash_table_contains(m->files, name) ? MODULES_FILE : MODULES_NOWHERE;
}

/* A walk through what depends on what, depth first. */
struct walk {
	const struct modules *m;
	modules_depends_fn depends;
	void *data;
	GPtrArray *path;	/* names: how we came here */
	GPtrArray *done;
};

static bool holds(const GPtrArray *names, const char *name)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)names, name, g_str_equal, NULL);
}

/* Whether @name is one that can be visited. */
static bool check_name(const struct walk *w, const char *name, GError **error)
{
	const char *from = w->path->len ? w->path->pdata[w->path->len - 1] : NULL;

	if (modules_where(w->m, name) == MODULES_NOWHERE)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "this kernel has no module %s%s%s", name,
			    from ? ", which it needs for its module " : "", from ? from : "");
	else if (holds(w->path, name))
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "modules %s and %s of this kernel depend on each other", name, from);
	else if (w->path->len + w->done->len >= MODULES_MOST)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "module %s of this kernel needs more than %d others", (char *)w->path->pdata[0],
			    MODULES_MOST);
	else
		return true;
	return false;
}

static bool visit(struct walk *w, const char *name, GError **error);

static bool visit_list(struct walk *w, const char *list, GError **error)
{
	g_auto(GStrv) names = g_strsplit(list, ",", -1);

	for (char **name = names; *name; name++) {
		g_strdelimit(g_strstrip(*name), "-", '_');
		if (**name && !visit(w, *name, error))
			return false;
	}
	return true;
}

static bool visit(struct walk *w, const char *name, GError **error)
{
	const char *file = g_hash_table_lookup(w->m->files, name);
	g_autofree char *list = NULL;

	if (holds(w->done, name))
		return true;
	if (!check_name(w, name, error))
		return false;
	if (modules_where(w->m, name) == MODULES_BUILTIN)
		return true;
	list = w->depends(name, file, w->data, error);
	if (!list)
		return false;
	g_ptr_array_add(w->path, (char *)name);
	if (!visit_list(w, list, error))
		return false;
	g_ptr_array_set_size(w->path, (int)w->path->len - 1);
	g_ptr_array_add(w->done, g_strdup(name));
	return true;
}

GPtrArray *modules_order(const struct modules *m, const char *const *wanted, modules_depends_fn depends,
			 void *data, GError **error)
{
	g_autoptr(GPtrArray) path = g_ptr_array_new();
	g_autoptr(GPtrArray) done = g_ptr_array_new_with_free_func(g_free);
	struct walk w = { .m = m, .depends = depends, .data = data, .path = path, .done = done };

	for (; *wanted; wanted++) {
		if (!visit(&w, *wanted, error))
			return NULL;
	}
	return g_steal_pointer(&done);
}
