// SPDX-License-Identifier: GPL-2.0-only
#include "base/error.h"
#include "base/units.h"
#include "cmd.h"
#include "journal/run.h"
#include "measure.h"
#include "plan/plan.h"
#include "sweep/prepare.h"

struct soak_options {
	char *duration;
	char *resume;
	char *out;
	char *machine;
	char *arch;
};

/* A run that was begun by another command has an end of its own. */
static bool check_run(const char *dir, GError **error)
{
	g_autoptr(run) r = run_read(dir, error);

	if (r && !r->soak_s)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is not a run of `vmapbench soak`; `vmapbench sweep --resume` goes on with it",
			    dir);
	return r && r->soak_s;
}

/* The folder of a new run; caller frees. */
static char *begin_run(const struct soak_options *o, const char *path, char **command, GError **error)
{
	const struct plan_target target = { o->machine, o->arch };
	guint64 for_s;
	g_autoptr(plan) p = NULL;

	if (!units_parse_duration(o->duration, "soak: --for", RUN_SOAK_MAX_S, &for_s, error))
		return NULL;
	p = plan_load_on(path, &target, error);
	return p ? prepare_soak(p, o->out, (unsigned int)for_s, command, error) : NULL;
}

/* Caller frees. */
static char *find_run(const struct soak_options *o, int argc, char **argv, char **command, GError **error)
{
	if (o->resume && argc == 1 && !o->duration && !o->out && !o->machine && !o->arch)
		return check_run(o->resume, error) ? g_strdup(o->resume) : NULL;
	if (!o->resume && o->duration && argc == 2)
		return begin_run(o, argv[1], command, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "soak: give either one PLAN and --for DURATION (with --out, --machine, --arch, if you "
		    "like), or --resume RUN, which has all of it in it");
	return NULL;
}

static int soak(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	struct soak_options o = { 0 };
	const GOptionEntry options[] = { { "for", 0, 0, G_OPTION_ARG_STRING, &o.duration,
					   "how long: 90s, 10m, 1h30m, 2d", "DURATION" },
					 { "resume", 0, 0, G_OPTION_ARG_FILENAME, &o.resume,
					   "go on with the run in this folder, for what is left", "RUN" },
					 { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out,
					   "folder of the new run (runs/PLAN-DATE-TIME)", "RUN" },
					 CMD_OPTION_MACHINE(&o.machine),
					 CMD_OPTION_ARCH(&o.arch),
					 G_OPTION_ENTRY_NULL };
	g_auto(GStrv) command = cmd_words(argv);
	g_autofree char *dir = NULL;
	int status = -1;

	if (cmd_parse(cmd, options, CMD_ANY_ARGUMENTS, &argc, &argv, error))
		dir = find_run(&o, argc, argv, command, error);
	if (dir)
		status = measure_run(dir, error);
	g_free(o.duration);
	g_free(o.resume);
	g_free(o.out);
	g_free(o.machine);
	g_free(o.arch);
	return status;
}

const struct cmd cmd_soak = {
	.name = "soak",
	.args = "PLAN --for DURATION",
	.summary = "run its cells over and over, for deaths and leaks",
	.run = soak,
};
