// SPDX-License-Identifier: GPL-2.0-only
#include "base/error.h"
#include "base/msg.h"
#include "cmd.h"
#include "measure.h"
#include "plan/plan.h"
#include "render/forecast.h"
#include "sweep/prepare.h"

struct sweep_options {
	char *resume;
	char *out;
};

/* The folder of the run to go on with; caller frees. */
static char *find_run(const struct sweep_options *o, int argc, char **argv, char **command, GError **error)
{
	g_autofree char *warning = NULL;
	g_autoptr(plan) p = NULL;

	if (o->resume && argc == 1 && !o->out)
		return g_strdup(o->resume);
	if (o->resume || argc != 2) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "sweep: give either one PLAN (and --out, if you like), or --resume RUN, which has "
			    "its plan in it");
		return NULL;
	}
	p = plan_load(argv[1], error);
	if (!p)
		return NULL;
	warning = forecast_warning(p);
	if (warning)
		msg_warn("%s", warning);
	return prepare_run(p, o->out, command, error);
}

static int sweep(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	struct sweep_options o = { 0 };
	const GOptionEntry options[] = { { "resume", 0, 0, G_OPTION_ARG_FILENAME, &o.resume,
					   "go on with the run in this folder", "RUN" },
					 { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out,
					   "folder of the new run (runs/PLAN-DATE-TIME)", "RUN" },
					 G_OPTION_ENTRY_NULL };
	g_auto(GStrv) command = g_strdupv(argv);
	g_autofree char *dir = NULL;
	int status = -1;

	if (cmd_parse(cmd, options, CMD_ANY_ARGUMENTS, &argc, &argv, error))
		dir = find_run(&o, argc, argv, command, error);
	if (dir)
		status = measure_run(dir, error);
	g_free(o.resume);
	g_free(o.out);
	return status;
}

const struct cmd cmd_sweep = {
	.name = "sweep",
	.args = "PLAN | --resume RUN",
	.summary = "build a plan's kernels, boot them, measure, compare",
	.run = sweep,
};
