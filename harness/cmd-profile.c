// SPDX-License-Identifier: GPL-2.0-only
#include "base/error.h"
#include "cmd.h"
#include "measure.h"
#include "plan/plan.h"
#include "sweep/prepare.h"
#include "sweep/profiler.h"

/* The folder of a new run; caller frees. */
static char *begin(const char *path, const struct plan_target *target, const char *out,
		   const char *const *functions, char **command, GError **error)
{
	g_autoptr(plan) p = plan_load_on(path, target, error);

	return p ? prepare_profile(p, out, functions, command, error) : NULL;
}

static int profile_plan(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	gboolean counted = FALSE;
	g_autofree char *out = NULL;
	g_autofree char *machine = NULL;
	g_autofree char *arch = NULL;
	g_auto(GStrv) functions = NULL;
	const GOptionEntry options[] = {
		{ "counted", 0, 0, G_OPTION_ARG_NONE, &counted, "exact counts, in counted mode", NULL },
		{ "function", 0, 0, G_OPTION_ARG_STRING_ARRAY, &functions,
		  "follow the calls of this one, instead of those of the allocator; may be repeated", "NAME" },
		{ "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "folder of the new run (runs/PLAN-DATE-TIME)",
		  "RUN" },
		CMD_OPTION_MACHINE(&machine),
		CMD_OPTION_ARCH(&arch),
		G_OPTION_ENTRY_NULL
	};
	g_auto(GStrv) command = cmd_words(argv);
	g_autofree char *dir = NULL;

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error))
		return -1;
	if (!counted) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "profile: give --counted; samples of a kernel that runs in real time are "
			    "not there yet");
		return -1;
	}
	dir = begin(argv[1], &(struct plan_target){ machine, arch }, out,
		    functions ? (const char *const *)functions : profiler_functions, command, error);
	return dir ? measure_run(dir, error) : -1;
}

const struct cmd cmd_profile = {
	.name = "profile",
	.args = "PLAN --counted",
	.summary = "count the instructions of each kernel function",
	.run = profile_plan,
};
