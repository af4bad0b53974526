// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "base/error.h"
#include "base/msg.h"
#include "cmd.h"
#include "measure.h"
#include "plan/plan.h"
#include "render/findings.h"
#include "render/folded.h"
#include "runners/wire.h"
#include "sweep/prepare.h"
#include "sweep/profiler.h"

/* No whole number of times that of the kernel's tick: what happens at each tick must not be met each time. */
#define HZ_DEFAULT 997
#define HZ_UNSAID G_MININT

/* What the command line says. */
struct profile_options {
	gboolean counted;
	char **functions;
	int hz;
	char *event;
	char *out;
};

/* What one kind of profile knows nothing of. */
static bool check_options(const struct profile_options *o, GError **error)
{
	const char *wrong = NULL;

	if (o->counted && (o->hz != HZ_UNSAID || o->event))
		wrong = "--hz and --event are about samples, and exact counts are none; leave them "
			"out, or leave out --counted";
	else if (!o->counted && o->functions)
		wrong = "--function: calls are followed by --counted alone";
	else if (o->hz != HZ_UNSAID && (o->hz < 1 || o->hz > WIRE_HZ_MAX))
		wrong = "--hz: expected 1 to 10000 samples a second";
	else if (o->event && strcmp(o->event, "cycles") && strcmp(o->event, "cpu-clock"))
		wrong = "--event: expected cycles or cpu-clock";
	if (wrong)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "profile: %s", wrong);
	return !wrong;
}

/* The folder of a new run; caller frees. */
static char *begin(const char *path, const struct plan_target *target, const struct profile_options *o,
		   char **command, GError **error)
{
	g_autoptr(plan) p = plan_load_on(path, target, error);

	if (!p)
		return NULL;
	if (!o->counted)
		return prepare_samples(p, o->out, o->hz == HZ_UNSAID ? HZ_DEFAULT : o->hz, o->event, command,
				       error);
	return prepare_profile(p, o->out, o->functions ? (const char *const *)o->functions : profiler_functions,
			       command, error);
}

/* For flame graph tools, beside the journal of which they are made. */
static bool write_folded(const char *dir, GError **error)
{
	g_autoptr(run) r = run_read(dir, error);
	g_autoptr(findings) f = r ? findings_new(r, COMPARISON_MEDIAN, false, NULL) : NULL;
	g_autofree char *folder = g_build_filename(dir, "profile", NULL);

	if (!f || !folded_write(f->samples, folder, error))
		return false;
	msg_info("folded stacks, for flame graph tools: %s", folder);
	return true;
}

static int measure(const char *dir, bool counted, GError **error)
{
	int status = measure_run(dir, error);

	return counted || status < 0 || write_folded(dir, error) ? status : -1;
}

static void options_clear(struct profile_options *o)
{
	g_strfreev(o->functions);
	g_free(o->event);
	g_free(o->out);
}

static int profile_plan(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	struct profile_options o = { .hz = HZ_UNSAID };
	g_autofree char *machine = NULL;
	g_autofree char *arch = NULL;
	const GOptionEntry options[] = {
		{ "counted", 0, 0, G_OPTION_ARG_NONE, &o.counted,
		  "exact counts, in counted mode, instead of samples", NULL },
		{ "function", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.functions,
		  "with --counted: follow the calls of this one, instead of those of the allocator; may be "
		  "repeated",
		  "NAME" },
		{ "hz", 0, 0, G_OPTION_ARG_INT, &o.hz, "samples a second of each CPU (997)", "N" },
		{ "event", 0, 0, G_OPTION_ARG_STRING, &o.event,
		  "sample by this alone, instead of the first that the machine has", "cycles|cpu-clock" },
		{ "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out, "folder of the new run (runs/PLAN-DATE-TIME)",
		  "RUN" },
		CMD_OPTION_MACHINE(&machine),
		CMD_OPTION_ARCH(&arch),
		G_OPTION_ENTRY_NULL
	};
	g_auto(GStrv) command = cmd_words(argv);
	g_autofree char *dir = NULL;

	if (cmd_parse(cmd, options, 1, &argc, &argv, error) && check_options(&o, error))
		dir = begin(argv[1], &(struct plan_target){ machine, arch }, &o, command, error);
	options_clear(&o);
	return dir ? measure(dir, o.counted, error) : -1;
}

const struct cmd cmd_profile = {
	.name = "profile",
	.args = "PLAN [--counted]",
	.summary = "sample the kernel, or count its instructions",
	.run = profile_plan,
};
