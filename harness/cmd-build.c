// SPDX-License-Identifier: GPL-2.0-only
#include "cmd.h"

#include <stdio.h>

#include "arm.h"
#include "base/error.h"
#include "base/json.h"

/* Width of a build id in the table: enough to tell two kernels apart at a glance. */
#define BUILD_ID_SHORT 12

static void print_head(void)
{
	printf("%-12s %-8s %-28s %5s %-12s %9s %9s %5s\n", "arm", "", "release", "patch", "build id", "text",
	       "vmalloc.o", "area");
}

static gint64 nested_count(const json_t *manifest, const char *object, const char *key)
{
	return json_count(json_object_get(manifest, object), key, 0);
}

static void print_kernel(const char *arm, const struct kernel *k)
{
	const json_t *m = k->manifest;
	const char *release = json_text(m, "release");
	const char *build_id = json_text(m, "build_id");

	printf("%-12s %-8s %-28s %5zu %-12.*s %9" G_GINT64_FORMAT " %9" G_GINT64_FORMAT " %5" G_GINT64_FORMAT
	       "\n",
	       arm, k->from_cache ? "cached" : k->module ? "built" : "fetched", release ? release : "?",
	       json_array_size(json_object_get(m, "series")), BUILD_ID_SHORT, build_id ? build_id : "?",
	       nested_count(m, "sections", ".text"), nested_count(m, "vmalloc_object", "text"),
	       nested_count(m, "vmap_area", "bytes"));
	printf("%12s %s, %s\n", "", json_text(json_object_get(m, "source"), "name"), k->dir);
}

static void print_legend(void)
{
	printf("\ntext: bytes of .text in vmlinux; vmalloc.o: bytes of mm/vmalloc.o that are never written;\n"
	       "area: sizeof(struct vmap_area). The rest is in manifest.json of each folder.\n");
}

static bool build_arms(const struct plan *p, const char *only, GError **error)
{
	print_head();
	for (unsigned int i = 0; i < p->arms_count; i++) {
		const struct plan_arm *arm = &p->arms[i];
		g_autoptr(kernel) k = NULL;

		if (only && plan_find_arm(p, only) != arm)
			continue;
		k = arm_kernel(p, arm, error);
		if (!k)
			return false;
		print_kernel(arm->name, k);
		fflush(stdout);
	}
	print_legend();
	return true;
}

static bool check_arm(const struct plan *p, const char *name, GError **error)
{
	g_autoptr(GString) known = g_string_new(NULL);

	if (!name || plan_find_arm(p, name))
		return true;
	for (unsigned int i = 0; i < p->arms_count; i++)
		g_string_append_printf(known, "%s%s", i ? ", " : "", p->arms[i].name);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: there is no arm \"%s\"; its arms are: %s",
		    p->path, name, known->str);
	return false;
}

static int run(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *arm = NULL;
	const GOptionEntry options[] = {
		{ "arm", 'a', 0, G_OPTION_ARG_STRING, &arm, "Build the kernel of this arm only", "NAME" },
		G_OPTION_ENTRY_NULL
	};
	g_autoptr(plan) p = NULL;

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error))
		return -1;
	p = plan_load(argv[1], error);
	if (!p || !check_arm(p, arm, error) || !build_arms(p, arm, error))
		return -1;
	return 0;
}

const struct cmd cmd_build = {
	.name = "build",
	.args = "PLAN",
	.summary = "build the kernels of a plan's arms into the cache",
	.run = run,
};
