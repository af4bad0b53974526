// SPDX-License-Identifier: GPL-2.0-only
#include "profiler.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "journal/run-profile.h"

#define NAME_MAX_LENGTH 200
#define FUNCTIONS_MAX 60

const char *const profiler_functions[] = {
	"__get_vm_area_node",
	"alloc_vmap_area",
	"remove_vm_area",
	"find_unlink_vmap_area",
	"free_vmap_area_noflush",
	"find_vm_area",
	"find_vmap_area",
	"__purge_vmap_area_lazy",
	"purge_vmap_node",
	"reclaim_list_global",
	"decay_va_pool_node",
	NULL,
};

static bool is_symbol(const char *name)
{
	return *name && strlen(name) <= NAME_MAX_LENGTH &&
	       strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.$") == strlen(name);
}

static json_t *describe_functions(const char *const *functions, GError **error)
{
	g_autojson list = json_array();

	for (; *functions; functions++) {
		if (!is_symbol(*functions) || json_array_size(list) == FUNCTIONS_MAX) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
				    "--function: \"%s\": expected at most %d names of kernel functions",
				    *functions, FUNCTIONS_MAX);
			return NULL;
		}
		json_array_append_new(list, json_string(*functions));
	}
	return json_incref(list);
}

json_t *profiler_describe(const char *const *functions, GError **error)
{
	json_t *list = describe_functions(functions, error);
	g_autofree char *plugin = path_libexec("profiler.so");
	g_autofree char *digest = list ? path_sha256(plugin, error) : NULL;

	if (!digest) {
		json_decref(list);
		return NULL;
	}
	return json_pack("{s:o, s:s}", "functions", list, "plugin_sha256", digest);
}

bool profiler_is_same(const json_t *described, GError **error)
{
	const char *then = json_text(described, "plugin_sha256");
	g_autofree char *plugin = path_libexec("profiler.so");
	g_autofree char *now = path_sha256(plugin, error);

	if (!now || !g_strcmp0(then, now))
		return now;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s is not the profiler that the run was begun with, and may count otherwise; begin a new "
		    "run",
		    plugin);
	return false;
}

void profiler_init(struct profiler *p, const struct run *r, const struct kernel *k)
{
	g_autoptr(GPtrArray) names = run_profiled_functions(r);

	g_ptr_array_add(names, NULL);
	*p = (struct profiler){
		.map = g_build_filename(k->dir, "System.map", NULL),
		.out = g_build_filename(r->dir, "profile.jsonl", NULL),
		.functions = g_strjoinv(":", (char **)names->pdata),
	};
	p->runner = (struct runner_profile){ p->map, p->out, p->functions };
}

void profiler_release(struct profiler *p)
{
	if (p->file)
		fclose(p->file);
	if (p->out)
		g_unlink(p->out);
	g_free(p->map);
	g_free(p->out);
	g_free(p->functions);
	*p = (struct profiler){ 0 };
}

/* A whole line behind the last one. Caller frees with free(). */
static char *next_line(struct profiler *p)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	if (!p->file)
		p->file = fopen(p->out, "re");
	if (!p->file)
		return NULL;
	/* The file has grown since its end was met. */
	clearerr(p->file);
	length = getline(&line, &size, p->file);
	if (length > 0 && line[length - 1] == '\n')
		return line;
	free(line);
	return NULL;
}

json_t *profiler_next(struct profiler *p, GError **error)
{
	char *line = next_line(p);
	json_t *json = line ? json_loads(line, JSON_REJECT_DUPLICATES, NULL) : NULL;

	free(line);
	if (json_is_object(json))
		return json;
	json_decref(json);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "%s: the profiler in QEMU has written no figures for a load that has ended", p->out);
	return NULL;
}
