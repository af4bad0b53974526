// SPDX-License-Identifier: GPL-2.0-only
#include "base/error.h"
#include "base/json.h"
#include "base/msg.h"
#include "cmd.h"
#include "journal/machines.h"
#include "measure.h"
#include "plan/plan.h"
#include "render/forecast.h"
#include "sweep/prepare.h"

struct sweep_options {
	char *resume;
	char *out;
	char **machines;
	char *arch;
};

static void warn(const GPtrArray *plans)
{
	for (guint i = 0; i < plans->len; i++) {
		g_autofree char *warning = forecast_warning(plans->pdata[i]);

		if (warning)
			msg_warn("%s", warning);
	}
}

/* Of a plan that lists machines, which has a run for each. */
static int begin_machines(const GPtrArray *plans, const char *out, char **command, GError **error)
{
	g_autofree char *dir = out ? g_strdup(out) : prepare_dir(plans->pdata[0]);
	g_autojson words = prepare_command(command);
	g_autoptr(machines) m = machines_create(dir, plans, words, error);

	return m ? measure_machines(dir, error) : -1;
}

static int begin(const char *path, const struct sweep_options *o, char **command, GError **error)
{
	g_autoptr(GPtrArray) plans = plan_load_each(path, (const char *const *)o->machines, o->arch, error);
	g_autofree char *dir = NULL;

	if (!plans)
		return -1;
	warn(plans);
	if (((const struct plan *)plans->pdata[0])->machine.name)
		return begin_machines(plans, o->out, command, error);
	dir = prepare_run(plans->pdata[0], o->out, command, error);
	return dir ? measure_run(dir, error) : -1;
}

static int measure(const struct sweep_options *o, int argc, char **argv, char **command, GError **error)
{
	if (o->resume && argc == 1 && !o->out && !o->machines && !o->arch)
		return (machines_is(o->resume) ? measure_machines : measure_run)(o->resume, error);
	if (!o->resume && argc == 2)
		return begin(argv[1], o, command, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "sweep: give either one PLAN (with --out, --machine, --arch, if you like), or --resume "
		    "RUN, which has its plan in it");
	return -1;
}

static int sweep(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	struct sweep_options o = { 0 };
	const GOptionEntry options[] = { { "resume", 0, 0, G_OPTION_ARG_FILENAME, &o.resume,
					   "go on with the run in this folder", "RUN" },
					 { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out,
					   "folder of the new run (runs/PLAN-DATE-TIME)", "RUN" },
					 CMD_OPTION_MACHINES(&o.machines),
					 CMD_OPTION_ARCH(&o.arch),
					 G_OPTION_ENTRY_NULL };
	g_auto(GStrv) command = cmd_words(argv);
	int status = -1;

	if (cmd_parse(cmd, options, CMD_ANY_ARGUMENTS, &argc, &argv, error))
		status = measure(&o, argc, argv, command, error);
	g_strfreev(o.machines);
	g_free(o.arch);
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
