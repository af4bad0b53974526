// SPDX-License-Identifier: GPL-2.0-only
#include "base/error.h"
#include "base/msg.h"
#include "bisect.h"
#include "cmd.h"
#include "journal/run.h"
#include "measure.h"
#include "plan/plan.h"
#include "render/forecast.h"
#include "sweep/prepare.h"

struct series_options {
	char *resume;
	char *out;
	char *bisect;
	char *machine;
	char *arch;
};

/* A run that was begun by another command has no patches. */
static bool check_run(const char *dir, GError **error)
{
	g_autoptr(run) r = run_read(dir, error);

	if (r && !r->plan->patches)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is not a run of `vmapbench series`; `vmapbench sweep --resume` goes on with it",
			    dir);
	return r && r->plan->patches;
}

/* The folder of a new run; caller frees. */
static char *begin_run(const char *path, const struct plan_target *target, const char *out, char **command,
		       GError **error)
{
	g_autofree char *warning = NULL;
	g_autoptr(plan) p = plan_load_series(path, target, NULL, error);

	if (!p)
		return NULL;
	warning = forecast_warning(p);
	if (warning)
		msg_warn("%s", warning);
	msg_info("%u patches, a kernel for each", p->patches->len);
	return prepare_run(p, out, command, error);
}

/* Caller frees. */
static char *find_run(const struct series_options *o, int argc, char **argv, char **command, GError **error)
{
	const struct plan_target target = { o->machine, o->arch };

	if (o->resume && argc == 1 && !o->out && !o->bisect && !o->machine && !o->arch)
		return check_run(o->resume, error) ? g_strdup(o->resume) : NULL;
	if (!o->resume && !o->bisect && argc == 2)
		return begin_run(argv[1], &target, o->out, command, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "series: give either one PLAN (with --out, --bisect, --machine, --arch, if you like), or "
		    "--resume RUN, which has its plan in it");
	return NULL;
}

/* Either all of it, or what --bisect asks for. */
static int measure_series(const struct series_options *o, int argc, char **argv, char **command, GError **error)
{
	const struct plan_target target = { o->machine, o->arch };
	g_autofree char *dir = NULL;

	if (o->bisect && !o->resume && argc == 2)
		return bisect_series(argv[1], &target, o->bisect, o->out, command, error);
	dir = find_run(o, argc, argv, command, error);
	return dir ? measure_run(dir, error) : -1;
}

static int series(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	struct series_options o = { 0 };
	const GOptionEntry options[] = { { "resume", 0, 0, G_OPTION_ARG_FILENAME, &o.resume,
					   "go on with the run in this folder", "RUN" },
					 { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out,
					   "folder of the new run (runs/PLAN-DATE-TIME)", "RUN" },
					 { "bisect", 0, 0, G_OPTION_ARG_STRING, &o.bisect,
					   "find the patches that changed this row, instead of measuring all",
					   "TEST" },
					 CMD_OPTION_MACHINE(&o.machine),
					 CMD_OPTION_ARCH(&o.arch),
					 G_OPTION_ENTRY_NULL };
	g_auto(GStrv) command = cmd_words(argv);
	int status = -1;

	if (cmd_parse(cmd, options, CMD_ANY_ARGUMENTS, &argc, &argv, error))
		status = measure_series(&o, argc, argv, command, error);
	g_free(o.bisect);
	g_free(o.machine);
	g_free(o.arch);
	g_free(o.resume);
	g_free(o.out);
	return status;
}

const struct cmd cmd_series = {
	.name = "series",
	.args = "PLAN | --resume RUN",
	.summary = "what each patch of a series buys",
	.run = series,
};
