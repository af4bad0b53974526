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
	       (!w->part || table_part_parse(w->part, &opts->part, error));
}

static int compare_run(const char *dir, const struct compare_opts *opts, GError **error)
{
	g_autoptr(run) r = NULL;
	bool failed, refused;

	if (attach_run_is(dir)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is one run of attach; name a second one to compare it with", dir);
		return -1;
	}
	r = run_read(dir, error);
	if (!r || !compare_print(r, opts, stdout, &failed, &refused, error))
		return -1;
	if (refused)
		msg_err("%s: what was made or measured in different ways is not compared; the output says which", dir);
	return failed ? BENCH_ERROR_KERNEL : refused ? BENCH_ERROR_FAILED : 0;
}

static int compare_two(char **dirs, const struct compare_opts *opts, GError **error)
{
	bool refused;

	if (opts->arm) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "--arm: runs of attach have no arms");
		return -1;
	}
	if (!compare_print_attached(dirs[0], dirs[1], opts, stdout, &refused, error))
		return -1;
	if (refused)
		msg_err("%s and %s were measured in different ways, which are not compared; the output says which",
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
	gboolean each_lock = FALSE;
	const GOptionEntry options[] = {
		{ "format", 'f', 0, G_OPTION_ARG_STRING, &format, "text, markdown, csv or json", "FORMAT" },
		{ "metric", 'm', 0, G_OPTION_ARG_STRING, &metric,
		  "of a load: its median worker's time, its slowest worker's, or the wall time",
		  "median|slowest|wall" },
		{ "arm", 'a', 0, G_OPTION_ARG_STRING, &arm, "print only this arm", "NAME" },
		{ "only", 0, 0, G_OPTION_ARG_STRING, &part, "print only this part (csv: timed, unless given)",
		  "timed|latency|locks|overhead" },
		{ "allow-diff", 0, 0, G_OPTION_ARG_STRING_ARRAY, &allowed,
		  "compare although this differs and no plan says so; may be repeated", "KEY" },
		{ "each-lock", 0, 0, G_OPTION_ARG_NONE, &each_lock, "vn[0].busy, vn[1].busy, ... apart", NULL },
		G_OPTION_ENTRY_NULL
	};
	struct compare_opts opts;

	if (!cmd_parse(cmd, options, CMD_ANY_ARGUMENTS, &argc, &argv, error) ||
	    !parse_words(&(struct words){ format, metric, part }, &opts, error) ||
	    !confound_check_keys((const char *const *)allowed, error))
		return -1;
	opts.arm = arm;
	opts.each_lock = each_lock;
	opts.allowed = (const char *const *)allowed;
	if (argc < 2 || argc > 3) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: %d arguments given, 1 expected, or 2 runs of attach: vmapbench %s %s", cmd->name, argc - 1,
			    cmd->name, cmd->args);
		return -1;
	}
	return argc == 2 ? compare_run(argv[1], &opts, error) : compare_two(argv + 1, &opts, error);
}

const struct cmd cmd_compare = {
	.name = "compare",
	.args = "RUN [RUN2]",
	.summary = "print the tables of a run, or of two runs of attach",
	.run = compare,
};
