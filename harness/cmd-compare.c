// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "base/error.h"
#include "cmd.h"
#include "render/compare.h"

static int compare(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *format = NULL;
	g_autofree char *metric = NULL;
	g_autofree char *arm = NULL;
	const GOptionEntry options[] = {
		{ "format", 'f', 0, G_OPTION_ARG_STRING, &format, "text, markdown, csv or json", "FORMAT" },
		{ "metric", 'm', 0, G_OPTION_ARG_STRING, &metric,
		  "of a load: its median worker's time, its slowest worker's, or the wall time",
		  "median|slowest|wall" },
		{ "arm", 'a', 0, G_OPTION_ARG_STRING, &arm, "print only this arm", "NAME" },
		G_OPTION_ENTRY_NULL
	};
	struct compare_opts opts;
	bool failed;
	g_autoptr(run) r = NULL;

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error) ||
	    !table_format_parse(format ? format : "text", &opts.format, error) ||
	    !comparison_metric_parse(metric ? metric : "median", &opts.metric, error))
		return -1;
	r = run_read(argv[1], error);
	opts.arm = arm;
	if (!r || !compare_print(r, &opts, stdout, &failed, error))
		return -1;
	return failed ? BENCH_ERROR_KERNEL : 0;
}

const struct cmd cmd_compare = {
	.name = "compare",
	.args = "RUN",
	.summary = "print the table of a run",
	.run = compare,
};
