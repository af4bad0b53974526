// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cmd.h"
#include "render/forecast.h"

struct words {
	char *pilot, *effect, *metric;
};

/* A gain in percent that the plan's gate lets through. */
static bool parse_effect(const char *word, const struct plan *p, double *ret_pct, GError **error)
{
	char *end = NULL;
	double pct = word ? g_ascii_strtod(word, &end) : NAN;

	*ret_pct = pct;
	if (!word || (end != word && !*end && pct > p->design.gate_pct && pct <= 1000))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--effect: expected a percentage above %g, the gate of %s, to 1000; found \"%s\"",
		    p->design.gate_pct, p->path, word);
	return false;
}

static bool refuse_counted(const struct plan *p, GError **error)
{
	if (strcmp(p->machine.accel, "counted"))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s counts instructions: one boot of an image decides, more blocks see no more; what it "
		    "can see is the spread of its layout arms (docs/statistics.md)",
		    p->path);
	return false;
}

static bool print_forecast(const struct plan *p, const struct words *w, GError **error)
{
	struct forecast f = { .plan = p };
	enum comparison_metric metric;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(pilot) earlier = NULL;
	g_autoptr(run) r = NULL;

	if (!refuse_counted(p, error) || !parse_effect(w->effect, p, &f.effect_pct, error) ||
	    !comparison_metric_parse(w->metric ? w->metric : "median", &metric, error))
		return false;
	if (w->pilot) {
		f.run = r = run_read(w->pilot, error);
		f.pilot = earlier = r ? pilot_new(r, p, metric, error) : NULL;
		if (!earlier)
			return false;
	}
	forecast_print(&f, out);
	if (fputs(out->str, stdout) >= 0 && fflush(stdout) == 0)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write to standard output: %m");
	return false;
}

static int power(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *run_dir = NULL;
	g_autofree char *effect = NULL;
	g_autofree char *metric = NULL;
	g_autofree char *machine = NULL;
	g_autofree char *arch = NULL;
	const GOptionEntry options[] = {
		{ "pilot", 0, 0, G_OPTION_ARG_FILENAME, &run_dir,
		  "an earlier run on this machine: its noise and its times", "RUN" },
		{ "effect", 0, 0, G_OPTION_ARG_STRING, &effect,
		  "how many blocks find a gain, or the same loss, of PCT %", "PCT" },
		{ "metric", 'm', 0, G_OPTION_ARG_STRING, &metric, "of a load, as compare has it (median)",
		  "median|slowest|wall" },
		CMD_OPTION_MACHINE(&machine),
		CMD_OPTION_ARCH(&arch),
		G_OPTION_ENTRY_NULL
	};
	g_autoptr(plan) p = NULL;

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error))
		return -1;
	p = plan_load_on(argv[1], &(struct plan_target){ machine, arch }, error);
	if (!p || !print_forecast(p, &(struct words){ run_dir, effect, metric }, error))
		return -1;
	return 0;
}

const struct cmd cmd_power = {
	.name = "power",
	.args = "PLAN",
	.summary = "tell what a plan can see, before it runs",
	.run = power,
};
