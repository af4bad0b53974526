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

/* Whether the kernels of @a are those of @b: rebuilds are of machines that count; a board's file says more. */
static bool has_same_kernels(const struct plan *a, const struct plan *b)
{
	return a->machine.arch && !g_strcmp0(a->machine.arch, b->machine.arch) &&
	       a->arms_count == b->arms_count;
}

/* Which of the machines that a plan lists these are kernels of. */
static void print_machines(const GPtrArray *plans, const struct plan *p)
{
	g_autoptr(GString) names = g_string_new(p->machine.name);

	if (!p->machine.name)
		return;
	for (guint i = 0; i < plans->len; i++) {
		const struct plan *other = plans->pdata[i];

		if (other != p && has_same_kernels(p, other))
			g_string_append_printf(names, ", %s", other->machine.name);
	}
	printf("%s of %s\n", p->machine.arch ? p->machine.arch : "kernels", names->str);
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
	return true;
}

static bool is_built(const GPtrArray *plans, guint index)
{
	for (guint i = 0; i < index; i++) {
		if (has_same_kernels(plans->pdata[i], plans->pdata[index]))
			return true;
	}
	return false;
}

static bool build_plans(const GPtrArray *plans, const char *only, GError **error)
{
	for (guint i = 0; i < plans->len; i++) {
		const struct plan *p = plans->pdata[i];

		if (is_built(plans, i))
			continue;
		print_machines(plans, p);
		if (!build_arms(p, only, error))
			return false;
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
	g_autofree char *arch = NULL;
	g_auto(GStrv) machines = NULL;
	const GOptionEntry options[] = {
		{ "arm", 'a', 0, G_OPTION_ARG_STRING, &arm, "Build the kernel of this arm only", "NAME" },
		CMD_OPTION_MACHINES(&machines),
		CMD_OPTION_ARCH(&arch),
		G_OPTION_ENTRY_NULL
	};
	g_autoptr(GPtrArray) plans = NULL;

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error))
		return -1;
	plans = plan_load_each(argv[1], (const char *const *)machines, arch, error);
	if (!plans || !check_arm(plans->pdata[0], arm, error) || !build_plans(plans, arm, error))
		return -1;
	return 0;
}

const struct cmd cmd_build = {
	.name = "build",
	.args = "PLAN",
	.summary = "build the kernels of a plan's arms into the cache",
	.run = run,
};
