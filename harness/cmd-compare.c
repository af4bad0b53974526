// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "base/error.h"
#include "base/msg.h"
#include "cmd.h"
#include "journal/attach-run.h"
#include "render/compare.h"

struct words {
	char *format, *metric, *part;
};

static bool parse_words(const struct words *w, struct compare_opts *opts, GError **error)
{
	opts->part = TABLE_ALL;
	return table_format_parse(w->format ? w->format : "text", &opts->format, error) &&
	       comparison_metric_parse(w->metric ? w->metric : "median", &opts->metric, error) &&
	       (!w->part || table_part_parse(w->part, &opts->part, error)) &&
	       confound_check_keys(opts->allowed, error);
}

/* Before anything is printed. */
static bool refuse_gate(const struct run *r, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s is a soak, which has no gate; leave out --gate",
		    r->dir);
	return false;
}

/* @dirs: one run of sweep, or two. */
static bool print_runs(char **dirs, const struct compare_opts *opts, bool gated, struct compare_result *ret,
		       GError **error)
{
	g_autoptr(run) r = run_read(dirs[0], error);
	g_autoptr(run) later = r && dirs[1] ? run_read(dirs[1], error) : NULL;

	if (!r || (dirs[1] && !later))
		return false;
	if (r->soak_s && gated && !later)
		return refuse_gate(r, error);
	return later ? compare_print_across(r, later, opts, stdout, ret, error) :
		       compare_print(r, opts, stdout, ret, error);
}

static int report_gate(const struct compare_result *result)
{
	g_autofree char *sentence = gate_sentence(result->gate);

	msg_info("%s", sentence);
	return gate_status(result->gate);
}

static bool print_machines(const char *dir, const struct compare_opts *opts, struct compare_result *ret,
			   GError **error)
{
	g_autoptr(machines) m = machines_read(dir, error);

	return m && compare_print_machines(m, opts, stdout, ret, error);
}

/* @dirs: one folder, of a run or of those of several machines, or two runs. */
static bool print_any(char **dirs, const struct compare_opts *opts, bool gated, struct compare_result *ret,
		      GError **error)
{
	return !dirs[1] && machines_is(dirs[0]) ? print_machines(dirs[0], opts, ret, error) :
						  print_runs(dirs, opts, gated, ret, error);
}

static int compare_runs(char **dirs, const struct compare_opts *opts, bool gated, GError **error)
{
	struct compare_result result = { 0 };
	g_autoptr(gate) owned = NULL;

	if (!print_any(dirs, opts, gated, &result, error)) {
		/* 1 would say that something regressed. */
		if (gated && g_error_matches(*error, BENCH_ERROR, BENCH_ERROR_FAILED))
			(*error)->code = BENCH_ERROR_INFRA;
		return -1;
	}
	owned = result.gate;
	if (result.refused)
		msg_err("%s: what was made or measured in different ways is not compared; the output says "
			"which",
			dirs[0]);
	if (result.unreadable)
		msg_err("%s: a machine's run cannot be read; the output says why", dirs[0]);
	if (gated)
		return report_gate(&result);
	return result.failed			     ? BENCH_ERROR_KERNEL
	       : result.refused || result.unreadable ? BENCH_ERROR_FAILED
						     : 0;
}

static int compare_attached(char **dirs, const struct compare_opts *opts, bool gated, GError **error)
{
	bool refused;

	if (!dirs[1] || opts->arm || gated || opts->allowed) {
		g_set_error(
			error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s is a run of attach: %s", dirs[0],
			!dirs[1] ? "name a second one to compare it with"
				 : "it has no arms and no verdicts; leave out --arm, --gate and --allow-diff");
		return -1;
	}
	if (!compare_print_attached(dirs[0], dirs[1], opts, stdout, &refused, error))
		return -1;
	if (refused)
		msg_err("%s and %s were measured in different ways, which are not compared; the output says "
			"which",
			dirs[0], dirs[1]);
	return refused ? BENCH_ERROR_FAILED : 0;
}

static int compare(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *format = NULL;
	g_autofree char *metric = NULL;
	g_autofree char *part = NULL;
	g_autofree char *arm = NULL;
	g_auto(GStrv) allowed = NULL;
	gboolean each_lock = FALSE, gated = FALSE;
	const GOptionEntry options[] = {
		{ "format", 'f', 0, G_OPTION_ARG_STRING, &format,
		  "text, markdown, csv, json, or cover: for the mail of a patch", "FORMAT" },
		{ "metric", 'm', 0, G_OPTION_ARG_STRING, &metric,
		  "of a load: its median worker's time, its slowest worker's, or the wall time",
		  "median|slowest|wall" },
		{ "arm", 'a', 0, G_OPTION_ARG_STRING, &arm, "print only this arm; of two runs also OLD:NEW",
		  "NAME" },
		{ "only", 0, 0, G_OPTION_ARG_STRING, &part,
		  "print only this part (csv: timed, unless given); \"?\" names them all", "PART" },
		{ "allow-diff", 0, 0, G_OPTION_ARG_STRING_ARRAY, &allowed,
		  "compare although this differs and no plan says so; may be repeated", "KEY" },
		{ "each-lock", 0, 0, G_OPTION_ARG_NONE, &each_lock, "vn[0].busy, vn[1].busy, ... apart", NULL },
		{ "gate", 0, 0, G_OPTION_ARG_NONE, &gated,
		  "end with 0: no regression, 1: regressed, 2: cannot tell, 3: a kernel failed, 4: boots are "
		  "missing",
		  NULL },
		G_OPTION_ENTRY_NULL
	};
	struct compare_opts opts;

	if (!cmd_parse(cmd, options, CMD_ANY_ARGUMENTS, &argc, &argv, error))
		return -1;
	opts = (struct compare_opts){
		.arm = arm, .each_lock = each_lock, .allowed = (const char *const *)allowed,
	};
	if (!parse_words(&(struct words){ format, metric, part }, &opts, error))
		return -1;
	if (argc < 2 || argc > 3) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: %d arguments given, 1 or 2 expected: vmapbench %s %s", cmd->name, argc - 1,
			    cmd->name, cmd->args);
		return -1;
	}
	return (attach_run_is(argv[1]) ? compare_attached : compare_runs)(argv + 1, &opts, gated, error);
}

const struct cmd cmd_compare = {
	.name = "compare",
	.args = "RUN [RUN2]",
	.summary = "print the tables of a run, or of two of them",
	.run = compare,
};
